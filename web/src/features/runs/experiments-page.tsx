import { Page } from '../../design/page.tsx';

export function ExperimentsPage() {
  return <Page title="ExperimentsPage" />;
}
