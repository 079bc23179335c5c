import { useNames, useView } from '../../client/view.ts';
import { Page } from '../../design/page.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { words } from '../../words/index.ts';
import { Log } from './log.tsx';
import { Served } from './served-tab.tsx';

const t = words.audit;

/** Who did what, when, on what grounds? */
export function AuditPage() {
  const { project } = useNames('project');
  const [view, setView] = useView({ tab: 'log' });
  const open = view.tab === 'served' ? 'served' : 'log';
  return (
    <Page
      title={t.title}
      sentence={t.sentence}
      tabs={
        <Tabs
          tabs={[
            { name: 'log', label: t.tabs.log },
            { name: 'served', label: t.tabs.served },
          ]}
          open={open}
          onOpen={(tab) => setView({ tab })}
        />
      }
    >
      {open === 'log' ? <Log project={project} /> : <Served project={project} />}
    </Page>
  );
}
