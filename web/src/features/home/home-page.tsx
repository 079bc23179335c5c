import { useNames } from '../../client/view.ts';
import { Page } from '../../design/page.tsx';

export function HomePage() {
  const { project } = useNames('project');
  return <Page title={project} />;
}
