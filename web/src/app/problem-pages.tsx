import { SlipwayApiError } from '@slipway/sdk';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Card } from '../design/card.tsx';
import { Page } from '../design/page.tsx';
import { Problem } from '../design/state.tsx';
import { words } from '../words/index.ts';
import styles from './shell.module.css';

/** A page that could not be shown at all. Who is not signed in is sent to sign in, and comes back here. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const signIn = error instanceof SlipwayApiError && error.status === 401;
  useEffect(() => {
    if (signIn) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
  }, [signIn]);
  if (signIn) return null;
  return (
    <main className={styles['alone']}>
      <Problem error={error instanceof Error ? error : new Error(String(error))} again={reset} />
      <p>
        <Link to="/">{words.shell.allProjects}</Link>
      </p>
    </main>
  );
}

export function NotFound() {
  return (
    <main className={styles['alone']}>
      <Page title={words.shell.notFound} sentence={words.shell.notFoundTodo}>
        <Card>
          <Link to="/">{words.shell.allProjects}</Link>
        </Card>
      </Page>
    </main>
  );
}
