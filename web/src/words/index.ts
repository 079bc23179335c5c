import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { common } from './common.ts';
import { datasets } from './datasets.ts';
import { deploymentTabs } from './deployment-tabs.ts';
import { deployments } from './deployments.ts';
import { gates } from './gates.ts';
import { graph } from './graph.ts';
import { grid } from './grid.ts';
import { home } from './home.ts';
import { localised } from './localised.ts';
import { log } from './log.ts';
import { models } from './models.ts';
import { monitors } from './monitors.ts';
import { pipelines } from './pipelines.ts';
import { reports } from './reports.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { list } from './several.ts';
import { shell } from './shell.ts';

/** Every word that the pages show, one file for each noun. A sentence with figures in it is a function of them. */
const catalogue = {
  approvals,
  audit,
  common,
  datasets,
  deploymentTabs,
  deployments,
  gates,
  graph,
  grid,
  home,
  list,
  log,
  models,
  monitors,
  pipelines,
  reports,
  runs,
  settings,
  shell,
};

export const words = localised(catalogue, globalThis.location?.search ?? '');
