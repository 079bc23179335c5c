import { Page } from '../../design/page.tsx';

export function DatasetPage() {
  return <Page title="DatasetPage" />;
}
