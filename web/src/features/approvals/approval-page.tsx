import { Page } from '../../design/page.tsx';

export function ApprovalPage() {
  return <Page title="ApprovalPage" />;
}
