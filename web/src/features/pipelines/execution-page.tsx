import { Page } from '../../design/page.tsx';

export function ExecutionPage() {
  return <Page title="ExecutionPage" />;
}
