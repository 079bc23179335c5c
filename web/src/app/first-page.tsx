import { useRouterState } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { readMlflowLink } from './mlflow-link.ts';
import { ProjectsPage } from './projects-page.tsx';

const MlflowLinkPage = lazy(async () => ({ default: (await import('./mlflow-link-page.tsx')).MlflowLinkPage }));

/** The projects, or what stands after `#` where the MLflow client made the link. */
export function FirstPage() {
  const thing = readMlflowLink(useRouterState({ select: ({ location }) => location.hash }));
  if (thing === null) return <ProjectsPage />;
  return (
    <Suspense>
      <MlflowLinkPage thing={thing} />
    </Suspense>
  );
}
