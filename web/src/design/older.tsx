import { Button } from '@mantine/core';
import { words } from '../words/index.ts';
import styles from './older.module.css';
import { Problem } from './state.tsx';

/** As much of an endless TanStack query as the foot of its list needs. */
interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly error: Error | null;
  readonly fetchNextPage: () => unknown;
}

/** The foot of a list that has older rows: a button for the next of them, and what went wrong with it. */
export function Older({ of, label = words.common.loadOlder }: { readonly of: Paged; readonly label?: string }) {
  if (!of.hasNextPage) return null;
  return (
    <div className={styles['foot']}>
      {of.isFetchNextPageError && of.error && !of.isFetchingNextPage ? (
        <Problem error={of.error} again={of.fetchNextPage} />
      ) : (
        <Button variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
          {label}
        </Button>
      )}
    </div>
  );
}
