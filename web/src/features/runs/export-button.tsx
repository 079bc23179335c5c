import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { count } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { type ExportAsked, exportRuns } from './export-runs.ts';

/** The whole result as a file, however much of it is in view. */
export function ExportButton({ asked, numbers }: { readonly asked: ExportAsked; readonly numbers: readonly number[] }) {
  const [done, setDone] = useState<number | null>(null);
  const [failed, setFailed] = useState<Error | null>(null);
  const save = () => {
    setFailed(null);
    setDone(0);
    exportRuns(asked, numbers, setDone).then(
      () => setDone(null),
      (error: unknown) => {
        setDone(null);
        setFailed(error instanceof Error ? error : new Error(String(error)));
      },
    );
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={15} aria-hidden />}
        disabled={done !== null || numbers.length === 0}
        onClick={save}
      >
        {done === null ? words.grid.exportCsv : words.grid.exporting(count(done), count(numbers.length))}
      </Button>
      {failed && <Problem error={failed} again={save} />}
    </>
  );
}
