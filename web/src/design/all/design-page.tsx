import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { Page } from '../page.tsx';
import { AllCharts } from './charts.tsx';
import styles from './design.module.css';
import { AllDialogs } from './dialogs.tsx';
import { AllGraphs } from './graphs.tsx';
import { AllGrid } from './grid.tsx';
import { AllLogs } from './logs.tsx';
import { AllPictures } from './pictures.tsx';
import { AllStates } from './states.tsx';
import { AllTables } from './tables.tsx';
import { AllWords } from './words.tsx';

/**
 * Every part of `web/src/design` in all its states, made of invented figures: where a change of one is looked at, and what the test of
 * the design opens. Its texts are samples and not in the catalogue. No page leads here, and it asks the server for nothing.
 */
export function DesignPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <main className={styles['page']}>
      <Page
        title="Design"
        sentence="Every part of the pages in all its states. All figures are made up."
        actions={
          <SegmentedControl
            size="xs"
            aria-label="Appearance"
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            data={['light', 'dark', 'auto']}
          />
        }
      >
        <AllWords />
        <AllStates />
        <AllTables />
        <AllPictures />
        <AllCharts />
        <AllGrid />
        <AllGraphs />
        <AllLogs />
        <AllDialogs />
      </Page>
    </main>
  );
}
