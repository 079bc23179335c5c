import { Page } from '../../design/page.tsx';

export function DatasetsPage() {
  return <Page title="DatasetsPage" />;
}
