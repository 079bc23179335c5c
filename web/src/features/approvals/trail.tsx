import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ButtonLink } from '../../client/links.tsx';
import { Card } from '../../design/card.tsx';
import { Older } from '../../design/older.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { type AuditEvent, eventPagesQuery, sentenceOf, whoDid } from '../audit/audit-api.ts';
import styles from './approvals.module.css';

const t = words.approvals;

/** `version 1 of delay` is found in `version 1 of delay-2` too. */
function isOf(event: AuditEvent, model: string, version: number): boolean {
  const after = event.after as { readonly model?: unknown; readonly version?: unknown } | null;
  return after?.model === model && after.version === version;
}

/** What happened to the version, newest first. */
export function Trail({ project, model, version }: { readonly project: string; readonly model: string; readonly version: number }) {
  const asked = useInfiniteQuery(eventPagesQuery(project, { text: `version ${version} of ${model}` }, 50));
  return (
    <Card
      title={t.trail(version)}
      action={
        <ButtonLink variant="default" to="/p/$project/audit" params={{ project }}>
          {t.wholeTrail}
        </ButtonLink>
      }
      flush
    >
      <Part of={asked} height={320}>
        {({ pages }) => {
          const events = pages.flatMap((page) => page.events).filter((event) => isOf(event, model, version));
          return (
            <>
              {events.length === 0 && <Empty sentence={t.noTrail} />}
              <ol className={styles['trail']}>
                {events.map((event) => (
                  <li key={event.number}>
                    <span className="second small">
                      <Moment at_ms={event.at_ms} />
                    </span>
                    <span className="name">
                      <b>
                        <bdi>{whoDid(event)}</bdi>
                      </b>
                      <br />
                      <bdi className="name second">{sentenceOf(event)}</bdi>{' '}
                      <Link to="/p/$project/audit" params={{ project }} search={{ open: event.number } as never} className="mono">
                        {event.number}
                      </Link>
                    </span>
                  </li>
                ))}
              </ol>
              <Older of={asked} />
            </>
          );
        }}
      </Part>
    </Card>
  );
}
