import { useQuery } from '@tanstack/react-query';
import { useNames, useView } from '../../client/view.ts';
import { Page } from '../../design/page.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { words } from '../../words/index.ts';
import { membersQuery, useProject } from './access-api.ts';
import { People } from './people.tsx';
import { ProjectSettings } from './project-settings.tsx';
import { Receivers } from './receivers.tsx';
import { Storage } from './storage.tsx';
import { Tokens } from './tokens.tsx';
import { You } from './you.tsx';

const t = words.settings;
const names = ['people', 'tokens', 'receivers', 'storage', 'project', 'you'] as const;
type Name = (typeof names)[number];

const tabs = {
  people: People,
  tokens: Tokens,
  receivers: Receivers,
  storage: Storage,
  project: ProjectSettings,
  you: You,
} as const satisfies Readonly<Record<Name, unknown>>;

/** Who may do what here, and how it is set up. */
export function SettingsPage() {
  const { project } = useNames('project');
  const [view, setView] = useView({ tab: 'people' });
  const { permissions } = useProject(project);
  const members = useQuery(membersQuery(project)).data;
  const open = names.find((name) => name === view.tab) ?? 'people';
  const Tab = tabs[open];
  const rights = permissions.map((permission) => t.rights[permission]).join(', ');
  return (
    <Page
      title={t.title}
      sentence={members && t.sentence(members.length, t.yourRights(rights))}
      tabs={<Tabs tabs={names.map((name) => ({ name, label: t.tabs[name] }))} open={open} onOpen={(tab) => setView({ tab })} />}
    >
      <Tab project={project} />
    </Page>
  );
}
