import { Button, CopyButton } from '@mantine/core';
import {
  IconBell,
  IconBox,
  IconChevronDown,
  IconClock,
  IconDatabase,
  IconFlask,
  IconKey,
  IconPoint,
  IconRocket,
  IconRoute,
  IconShieldCheck,
  IconUserCheck,
  IconWaveSine,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { Facts } from '../../design/facts.tsx';
import { Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import styles from './audit.module.css';
import { type AuditEvent, whyQuery } from './audit-api.ts';
import { changesOf, pathOf, sentenceOf, whoDid } from './event-words.ts';

const t = words.audit;

const icons: Readonly<Record<string, typeof IconPoint>> = {
  alias: IconBox,
  approval: IconUserCheck,
  'dataset-version': IconDatabase,
  deployment: IconRocket,
  execution: IconRoute,
  gate: IconShieldCheck,
  incident: IconWaveSine,
  member: IconKey,
  'model-version': IconBox,
  monitor: IconWaveSine,
  notification: IconBell,
  person: IconKey,
  project: IconClock,
  retraining: IconRoute,
  run: IconFlask,
  session: IconKey,
  token: IconKey,
};

interface EntryProps {
  readonly project: string;
  readonly event: AuditEvent;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** One line of the log; opened, what it changed and what led to it. */
export function Entry({ project, event, open, onToggle }: EntryProps) {
  const id = useId();
  const kind = event.type.split('.', 1)[0] ?? '';
  const Icon = icons[kind] ?? IconPoint;
  const item = useRef<HTMLLIElement>(null);
  const openAtFirst = useRef(open);
  // A link leads to one entry, which may be far down.
  useEffect(() => {
    if (openAtFirst.current) item.current?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <li ref={item}>
      <button type="button" className={styles['row']} aria-expanded={open} aria-controls={id} onClick={onToggle}>
        <span className="second small">
          <Moment at_ms={event.at_ms} />
        </span>
        <span className={`${styles['icon']} ${kind === 'approval' ? styles['human'] : ''}`} aria-hidden>
          <Icon size={15} stroke={1.75} />
        </span>
        <span className={`${styles['what']} name`}>
          <b>
            <bdi>{whoDid(event)}</bdi>
          </b>{' '}
          <bdi className="second">{sentenceOf(event)}</bdi>
        </span>
        <span className="mono muted">{event.number}</span>
        <IconChevronDown size={16} className={styles['chevron']} data-open={open} aria-hidden />
      </button>
      <div id={id}>{open && <Details project={project} event={event} />}</div>
    </li>
  );
}

function Details({ project, event }: { readonly project: string; readonly event: AuditEvent }) {
  const path = pathOf(event);
  const changes = changesOf(event.before, event.after);
  const { details } = t;
  const link = `${location.origin}/p/${encodeURIComponent(project)}/audit?open=${event.number}`;
  return (
    <div className={styles['details']}>
      <div className={styles['buttons']}>
        {path !== null && (
          <ButtonLink variant="default" to={`/p/$project${path}` as '/p/$project'} params={{ project }}>
            {details.object}
          </ButtonLink>
        )}
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? words.common.copied : details.link}
            </Button>
          )}
        </CopyButton>
      </div>
      <section>
        <h3>{details.changed}</h3>
        {changes.length === 0 ? (
          <p className="second">{details.nothingChanged}</p>
        ) : (
          <Table
            label={details.changed}
            rows={changes}
            keyOf={({ name }) => name}
            columns={[
              { key: 'name', title: details.field, cell: ({ name }) => <code className="name">{name}</code> },
              { key: 'before', title: details.before, cell: ({ before }) => <Value text={before} /> },
              { key: 'after', title: details.after, cell: ({ after }) => <Value text={after} /> },
            ]}
          />
        )}
      </section>
      <Story project={project} event={event} />
      <div className={styles['facts']}>
        <Facts
          facts={[
            [details.facts.type, <code key="type">{event.type}</code>],
            [details.facts.subject, <bdi key="subject">{event.subject}</bdi>],
            [details.facts.caller, <bdi key="caller">{`${event.caller.name} (${event.caller.kind} ${event.caller.id})`}</bdi>],
            ...(event.request === null ? [] : [[details.facts.request, <code key="request">{event.request}</code>] as const]),
            [details.facts.digest, <code key="digest">{event.digest}</code>],
          ]}
        />
      </div>
    </div>
  );
}

function Value({ text }: { readonly text: string | null }) {
  return text === null ? '–' : <bdi className={`name number ${styles['value']}`}>{text}</bdi>;
}

function Story({ project, event }: { readonly project: string; readonly event: AuditEvent }) {
  const asked = useQuery(whyQuery(project, event.number));
  return (
    <section>
      <h3>
        {t.details.story} <span className="muted small">{t.details.storyNote}</span>
      </h3>
      <Part of={asked} height={60}>
        {(story) =>
          story.length < 2 ? (
            <p className="second">{t.details.ownWill}</p>
          ) : (
            <ol className={styles['story']}>
              {story.map((line) => (
                <li key={line.number}>
                  <b>
                    <bdi className="name">{whoDid(line.event)}</bdi>
                  </b>{' '}
                  <bdi className="name">{sentenceOf(line.event)}</bdi>{' '}
                  <span className="muted small">
                    <Moment at_ms={line.at_ms} />, <span className="mono">{line.number}</span>
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Part>
    </section>
  );
}
