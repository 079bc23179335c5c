import { Page } from '../../design/page.tsx';

export function MonitorPage() {
  return <Page title="MonitorPage" />;
}
