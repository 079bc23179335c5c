import { Page } from '../../design/page.tsx';

export function ReportsPage() {
  return <Page title="ReportsPage" />;
}
