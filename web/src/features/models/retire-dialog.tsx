import { Button, Modal } from '@mantine/core';
import { Problem } from '../../design/state.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import styles from './models.module.css';
import { useRetire } from './models-api.ts';
import type { VersionTabProps } from './version-tab.ts';

const { retire: text } = words.models;

/** Who still calls the version first; only then the button. */
export function RetireDialog({ project, version, onClose }: VersionTabProps & { readonly onClose: () => void }) {
  const retire = useRetire(project, version.model);
  const { holds, aliases, number } = version;
  const free = holds.length === 0 && aliases.length === 0;
  return (
    <Modal opened onClose={onClose} title={text.title(number)}>
      <div className={styles['dialog']}>
        <p>{text.sentence(number)}</p>
        {holds.length > 0 && (
          <div>
            <p>
              <b>{text.held}</b>
            </p>
            <ul className={styles['plain']}>
              {holds.map(({ holder, reason }) => (
                <li key={holder} className="name">
                  {text.holder(holder, reason)}
                </li>
              ))}
            </ul>
          </div>
        )}
        {aliases.length > 0 && <p className="name">{text.aliased(aliases)}</p>}
        {free && (
          <p className={styles['plan']}>
            <StatusIcon kind="good" />
            <span>{text.free}</span>
          </p>
        )}
        {retire.error && <Problem error={retire.error} />}
        <div className={styles['dialogEnd']}>
          <Button variant="default" onClick={onClose}>
            {words.common.cancel}
          </Button>
          <Button color="bad" disabled={!free} loading={retire.isPending} onClick={() => retire.mutate(number, { onSuccess: onClose })}>
            {text.confirm(number)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
