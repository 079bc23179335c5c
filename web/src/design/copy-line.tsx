import { Button, CopyButton } from '@mantine/core';
import { words } from '../words/index.ts';
import styles from './copy-line.module.css';

/** A line to run, whole, with a button that copies it. */
export function CopyLine({ line, label }: { readonly line: string; readonly label: string }) {
  return (
    <div className={styles['box']}>
      <code className={styles['line']}>{line}</code>
      <CopyButton value={line}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} aria-label={`${words.common.copy}: ${label}`}>
            {copied ? words.common.copied : words.common.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
