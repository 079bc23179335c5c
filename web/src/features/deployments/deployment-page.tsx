import { Page } from '../../design/page.tsx';

export function DeploymentPage() {
  return <Page title="DeploymentPage" />;
}
