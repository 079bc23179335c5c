import { Burger, Button, Drawer, Menu, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch, IconSelector } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useMemo } from 'react';
import { client } from '../client/client.ts';
import { useLive } from '../client/live.ts';
import { useNames } from '../client/view.ts';
import { usePageTitle } from '../design/page-title.ts';
import { TimeContext } from '../design/time.tsx';
import { projectsQuery, useMe, useProject } from '../features/access/access-api.ts';
import { words } from '../words/index.ts';
import { Badge } from './badges.tsx';
import { Bell } from './bell.tsx';
import { Keys } from './keys.tsx';
import { LiveMark } from './live-mark.tsx';
import { Palette } from './palette.tsx';
import { type Place, placeOf, places } from './places.ts';
import styles from './shell.module.css';
import { useArrival } from './use-arrival.ts';

/** The frame of all pages of a project: places at the left, where one is and what one can do at the top. */
export function Shell() {
  const { project: name } = useNames('project');
  const project = useProject(name);
  const me = useMe().data;
  const [menuOpen, menu] = useDisclosure(false);
  const [paletteOpen, palette] = useDisclosure(false);
  useLive(project.name);
  useArrival('content');
  // A project whose data drives its clock has its own present; it moves when the query is fetched anew.
  const time = useMemo(
    () => ({ zone: project.zone, now_ms: project.clock === 'data' ? () => project.now_ms : Date.now }),
    [project.zone, project.clock, project.now_ms],
  );
  return (
    <TimeContext.Provider value={time}>
      <a className={styles['skip']} href="#content">
        {words.shell.skip}
      </a>
      <Keys project={project.name} onPalette={palette.open} />
      <Palette project={project.name} open={paletteOpen} onClose={palette.close} />
      <div className={styles['app']}>
        <aside className={styles['side']}>
          <Places project={project.name} />
        </aside>
        <Drawer lockScroll={false} opened={menuOpen} onClose={menu.close} size={240} title={words.shell.main}>
          <Places project={project.name} onGo={menu.close} />
        </Drawer>
        <div className={styles['right']}>
          <header className={styles['top']}>
            <Burger className={styles['burger']} opened={menuOpen} onClick={menu.toggle} size="sm" aria-label={words.shell.openMenu} />
            <Crumbs project={project.name} />
            <Button
              className={styles['search']}
              aria-label={words.shell.search}
              variant="default"
              leftSection={<IconSearch size={15} aria-hidden />}
              rightSection={<span className={styles['key']} data-initials={words.shell.searchKey} aria-hidden />}
              onClick={palette.open}
            >
              <span>{words.shell.search}</span>
            </Button>
            <LiveMark />
            <Bell project={project.name} />
            <Person name={me?.name ?? ''} auth={me?.auth ?? true} />
          </header>
          {me?.auth === false && <p className={styles['banner']}>{words.shell.noAuth}</p>}
          <main id="content" className={styles['main']} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
    </TimeContext.Provider>
  );
}

function Places({ project, onGo }: { readonly project: string; readonly onGo?: () => void }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const here = placeOf(path.split('/')[3] ?? '');
  const groups: { readonly group: Place['group']; readonly places: Place[] }[] = [];
  for (const place of places) {
    const last = groups.at(-1);
    if (last && last.group === place.group) last.places.push(place);
    else groups.push({ group: place.group, places: [place] });
  }
  return (
    <nav className={styles['places']} aria-label={words.shell.main}>
      <Link to="/" className={styles['brand']}>
        <img src="/slipway.svg" width={22} height={22} alt="" /> <span>{words.shell.product}</span>
      </Link>
      <ProjectSwitch project={project} />
      {groups.map(({ group, places }) => (
        <div key={places[0]?.name} className={group === undefined && places[0]?.name === 'settings' ? styles['foot'] : undefined}>
          {group && <div className={styles['group']}>{words.shell.groups[group]}</div>}
          {places.map(({ name, path, icon: Icon }) => (
            <Link
              key={name}
              to={`/p/$project${path}` as '/p/$project'}
              params={{ project }}
              activeOptions={{ exact: path === '', includeSearch: false }}
              className={`${styles['place']} ${name === here?.name ? styles['here'] : ''}`}
              {...(name === here?.name ? { 'aria-current': 'page' as const } : {})}
              title={words.shell.places[name]}
              onClick={onGo}
            >
              <Icon size={17} stroke={1.7} aria-hidden />
              <span>{words.shell.places[name]}</span>
              <Badge place={name} project={project} />
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

function ProjectSwitch({ project }: { readonly project: string }) {
  const asked = useQuery(projectsQuery);
  return (
    <Menu width={220} position="bottom-start">
      <Menu.Target>
        <button type="button" className={styles['project']} aria-label={`${words.shell.switchProject}: ${project}`}>
          <span className={styles['initials']} data-initials={project.slice(0, 2).toUpperCase()} aria-hidden />
          <span className={styles['projectName']}>{project}</span>
          <IconSelector size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {asked.data?.projects.map(({ id, name }) => (
          <Menu.Item key={id} component={Link} {...({ to: '/p/$project', params: { project: name } } as object)}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} {...({ to: '/' } as object)}>
          {words.shell.allProjects}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** First parts of addresses whose things have an id and no name there: their page says what they are called. */
const withoutName: readonly string[] = ['experiments', 'runs', 'compare', 'executions', 'incidents', 'questions'];

/** Project, place, thing: the parts of the address as links. */
function Crumbs({ project }: { readonly project: string }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const title = usePageTitle();
  const [first = '', thing, second, third] = path.split('/').filter(Boolean).slice(2).map(decodeURIComponent);
  const place = placeOf(first);
  const version = second === 'versions' ? third : undefined;
  const name = withoutName.includes(first) && (thing !== undefined || place?.path !== `/${first}`) ? title : thing;
  return (
    <nav className={styles['crumbs']} aria-label={words.shell.crumbs}>
      <Link to="/p/$project" params={{ project }}>
        {project}
      </Link>
      {place && place.path !== '' ? (
        <Link to={`/p/$project${place.path}` as '/p/$project'} params={{ project }}>
          {words.shell.places[place.name]}
        </Link>
      ) : (
        first === '' && <b>{words.shell.places.home}</b>
      )}
      {name !== undefined && (version === undefined ? <b className="name">{name}</b> : <span className="name">{name}</span>)}
      {version !== undefined && <b>{words.common.version(Number(version))}</b>}
    </nav>
  );
}

function Person({ name, auth }: { readonly name: string; readonly auth: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = async () => {
    await client.access.signOut();
    location.assign('/sign-in');
  };
  return (
    <Menu width={200} position="bottom-end">
      <Menu.Target>
        <button type="button" className={styles['person']} aria-label={`${words.shell.person}: ${name}`}>
          <span className={styles['face']} data-initials={name.slice(0, 2).toUpperCase()} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Label>{words.shell.appearance}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item key={scheme} fw={scheme === colorScheme ? 640 : 400} onClick={() => setColorScheme(scheme)}>
            {words.shell[scheme]}
          </Menu.Item>
        ))}
        {auth && <Menu.Divider />}
        {auth && <Menu.Item onClick={() => void signOut()}>{words.shell.signOut}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
