import { Page } from '../../design/page.tsx';

export function QuestionsPage() {
  return <Page title="QuestionsPage" />;
}
