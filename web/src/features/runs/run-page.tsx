import { Page } from '../../design/page.tsx';

export function RunPage() {
  return <Page title="RunPage" />;
}
