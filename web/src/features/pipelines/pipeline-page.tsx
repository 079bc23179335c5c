import { Page } from '../../design/page.tsx';

export function PipelinePage() {
  return <Page title="PipelinePage" />;
}
