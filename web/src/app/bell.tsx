import { Menu } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { StatusIcon } from '../design/status.tsx';
import { Age } from '../design/time.tsx';
import { useMe, useProject } from '../features/access/access-api.ts';
import { approvalsQuery } from '../features/approvals/approvals-api.ts';
import { monitorQueries } from '../features/monitors/monitors-api.ts';
import { pipelinesQueries } from '../features/pipelines/pipelines-api.ts';
import { words } from '../words/index.ts';
import styles from './bell.module.css';
import { type Notice, newestEnd, noticesOf } from './notices.ts';

const shown_notices = 8;
const t = words.shell.notices;

/** What needs the reader, wherever they are in the project; the count is of exactly what the menu lists. */
export function Bell({ project }: { readonly project: string }) {
  const { notices, seeAll } = useNotices(project);
  const hidden = notices.length - shown_notices;
  return (
    <Menu width={360} position="bottom-end" onClose={seeAll} returnFocus>
      <Menu.Target>
        <button type="button" className={styles['bell']} aria-label={t.label(notices.length)} title={t.title}>
          <IconBell size={18} stroke={1.7} aria-hidden />
          {notices.length > 0 && <span className={styles['count']} data-count={notices.length > 99 ? '99+' : notices.length} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles['menu'] ?? ''}>
        <Menu.Label>{t.title}</Menu.Label>
        {notices.slice(0, shown_notices).map((notice) => (
          <Entry key={notice.key} project={project} notice={notice} />
        ))}
        {notices.length === 0 && <p className={styles['nothing']}>{t.nothing}</p>}
        <Menu.Divider />
        <Menu.Item component={Link} {...({ to: '/p/$project', params: { project } } as object)} className={styles['all'] ?? ''}>
          {hidden > 0 ? t.more(hidden) : t.home}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Entry({ project, notice: { kind, title, why, since_ms, path } }: { readonly project: string; readonly notice: Notice }) {
  return (
    <Menu.Item
      component={Link}
      {...({ to: `/p/$project${path}`, params: { project } } as object)}
      leftSection={<StatusIcon kind={kind} />}
      rightSection={
        <span className="muted small">
          <Age since_ms={since_ms} />
        </span>
      }
    >
      <b className="name">{title}</b>
      {why !== '' && <span className={`${styles['why']} second small name`}>{why}</span>}
    </Menu.Item>
  );
}

/** Live like the rest of the page: the answers are those that events make stale. What was seen is kept in this browser, for each person. */
function useNotices(project: string): { readonly notices: readonly Notice[]; readonly seeAll: () => void } {
  const me = useMe().data;
  const { permissions } = useProject(project);
  const approvals = useQuery(approvalsQuery(project, 'requested')).data ?? [];
  const incidents = useQuery(monitorQueries.open(project, 'incident')).data ?? [];
  const failed = (useQuery(pipelinesQueries.executions(project)).data ?? []).filter(({ state }) => state === 'failed');
  const person = me?.person ?? null;
  // Reads and writes are guarded by the hook: without storage nothing counts as seen.
  const [seenUntil_ms, setSeenUntil] = useLocalStorage({
    key: `slipway-seen-failures:${person ?? ''}:${project}`,
    defaultValue: 0,
    getInitialValueInEffect: false,
  });
  const viewer = { person, mayApprove: permissions.includes('approve') };
  return {
    notices: me ? noticesOf({ approvals, incidents, failed, viewer, seenUntil_ms }) : [],
    seeAll: () => {
      const newest_ms = newestEnd(failed);
      if (newest_ms > seenUntil_ms) setSeenUntil(newest_ms);
    },
  };
}
