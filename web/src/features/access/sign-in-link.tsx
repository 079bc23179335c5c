import { Button, CopyButton, Modal } from '@mantine/core';
import { client } from '../../client/client.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import styles from './settings.module.css';
import { useChange } from './settings-api.ts';

const t = words.settings.links;

/** Makes a link that signs a person in once; its address is shown here and nowhere else. */
export function SignInLinkButton({ project, person }: { readonly project: string; readonly person: string }) {
  const make = useChange('access', () => client.access.createSignInLink({ body: { person, next: `/p/${encodeURIComponent(project)}` } }));
  const address = make.data && new URL(make.data.path, location.origin).href;
  return (
    <>
      <Button size="compact-xs" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        {t.make}
      </Button>
      <Modal opened={make.data !== undefined || make.error !== null} onClose={make.reset} title={t.make}>
        {make.error && <Problem error={make.error} />}
        {make.data && address !== undefined && (
          <div className={styles['column']}>
            <p className="name">{t.text(make.data.name)}</p>
            <code className={styles['secret']}>{address}</code>
            <CopyButton value={address}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? words.common.copied : t.copy}</Button>}
            </CopyButton>
          </div>
        )}
      </Modal>
    </>
  );
}
