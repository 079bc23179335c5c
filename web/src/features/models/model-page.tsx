import { Page } from '../../design/page.tsx';

export function ModelPage() {
  return <Page title="ModelPage" />;
}
