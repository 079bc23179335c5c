import { Page } from '../../design/page.tsx';

export function PipelinesPage() {
  return <Page title="PipelinesPage" />;
}
