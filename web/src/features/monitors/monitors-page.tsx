import { Page } from '../../design/page.tsx';

export function MonitorsPage() {
  return <Page title="MonitorsPage" />;
}
