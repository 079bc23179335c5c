import { Page } from '../../design/page.tsx';

export function ExperimentPage() {
  return <Page title="ExperimentPage" />;
}
