import { Page } from '../../design/page.tsx';

export function ModelsPage() {
  return <Page title="ModelsPage" />;
}
