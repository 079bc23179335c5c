import { Page } from '../../design/page.tsx';

export function VersionPage() {
  return <Page title="VersionPage" />;
}
