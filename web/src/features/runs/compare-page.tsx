import { Page } from '../../design/page.tsx';

export function ComparePage() {
  return <Page title="ComparePage" />;
}
