import { useQuery } from '@tanstack/react-query';
import { useNames, useView } from '../../client/view.ts';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { Actions } from './actions.tsx';
import { ConfigurationTab } from './configuration-tab.tsx';
import { type Deployment, deploymentQueries } from './deployments-api.ts';
import { HistoryTab } from './history-tab.tsx';
import { PredictionsTab } from './predictions-tab.tsx';
import { RolloutTab } from './rollout-tab.tsx';
import { deploymentSentence, isLive, stateOf } from './rollout-view.ts';
import { TrafficTab } from './traffic-tab.tsx';
import { TryTab } from './try-tab.tsx';

const tabs = ['rollout', 'traffic', 'predictions', 'try', 'configuration', 'history'] as const;
type TabName = (typeof tabs)[number];

/** While a rollout moves, the page looks by itself as well: guards and counts write no event. */
const look_ms = 3_000;

/** Is the new version safe so far, and what happens next? */
export function DeploymentPage() {
  const { project, deployment: name } = useNames('project', 'deployment');
  const [view, setView] = useView({ tab: 'rollout' });
  const { when } = useWhen();
  const asked = useQuery({
    ...deploymentQueries.one(project, name),
    refetchInterval: ({ state }) => (isLive(state.data?.rollout ?? null) ? look_ms : false),
  });
  const { data } = asked;
  const tab: TabName = tabs.find((one) => one === view.tab) ?? 'rollout';
  return (
    <Page
      title={name}
      {...(data
        ? {
            marks: <Marks deployment={data} />,
            sentence: deploymentSentence(data, when),
            actions: <Actions project={project} deployment={data} />,
          }
        : {})}
      tabs={
        <Tabs
          tabs={tabs.map((one) => ({ name: one, label: words.deployments.tabs[one] }))}
          open={tab}
          onOpen={(next) => setView({ tab: next })}
        />
      }
    >
      <Part of={asked} height={420}>
        {(deployment) => <Opened tab={tab} project={project} deployment={deployment} />}
      </Part>
    </Page>
  );
}

function Marks({ deployment }: { readonly deployment: Deployment }) {
  const { kind, word } = stateOf(deployment);
  return (
    <>
      <Status kind={kind}>{word}</Status>
      <bdi className="name small second">{words.deployments.of(deployment.model, deployment.definition.environment)}</bdi>
      <code className="second">{`/v2/models/${encodeURIComponent(deployment.name)}`}</code>
    </>
  );
}

function Opened({ tab, ...props }: { readonly tab: TabName; readonly project: string; readonly deployment: Deployment }) {
  switch (tab) {
    case 'rollout':
      return <RolloutTab {...props} />;
    case 'traffic':
      return <TrafficTab {...props} />;
    case 'predictions':
      return <PredictionsTab {...props} />;
    case 'try':
      return <TryTab {...props} />;
    case 'configuration':
      return <ConfigurationTab {...props} />;
    case 'history':
      return <HistoryTab {...props} />;
  }
}
