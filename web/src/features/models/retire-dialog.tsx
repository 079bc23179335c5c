import { Ask } from '../../design/ask.tsx';
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
    <Ask
      open
      title={text.title(number)}
      consequence={text.sentence(number)}
      button={text.confirm(number)}
      danger
      ready={free}
      busy={retire.isPending}
      error={retire.error}
      onYes={() => retire.mutate(number, { onSuccess: onClose })}
      onClose={onClose}
    >
      <div className={styles['calls']}>
        {holds.length > 0 && (
          <>
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
          </>
        )}
        {aliases.length > 0 && <p className="name">{text.aliased(aliases)}</p>}
        {free && (
          <p className={styles['plan']}>
            <StatusIcon kind="good" />
            <span>{text.free}</span>
          </p>
        )}
      </div>
    </Ask>
  );
}
