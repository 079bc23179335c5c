import { Page } from '../../design/page.tsx';

export function DeploymentsPage() {
  return <Page title="DeploymentsPage" />;
}
