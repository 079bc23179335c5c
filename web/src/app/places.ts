import {
  IconActivityHeartbeat,
  IconBox,
  IconDatabase,
  IconFileText,
  IconFlask,
  IconGitBranch,
  IconHistory,
  IconHome,
  IconMessageQuestion,
  IconRocket,
  IconSettings,
} from '@tabler/icons-react';
import type { words } from '../words/index.ts';

export type PlaceName = keyof typeof words.shell.places;

export interface Place {
  readonly name: PlaceName;
  /** Below `/p/:project`. */
  readonly path: string;
  readonly icon: typeof IconHome;
  readonly group?: keyof typeof words.shell.groups;
  /** After G, it goes there. */
  readonly key: string;
}

/** The places of a project in the order of the left bar. */
export const places: readonly Place[] = [
  { name: 'home', path: '', icon: IconHome, key: 'h' },
  { name: 'datasets', path: '/datasets', icon: IconDatabase, group: 'build', key: 't' },
  { name: 'experiments', path: '/experiments', icon: IconFlask, group: 'build', key: 'e' },
  { name: 'pipelines', path: '/pipelines', icon: IconGitBranch, group: 'build', key: 'p' },
  { name: 'models', path: '/models', icon: IconBox, group: 'ship', key: 'm' },
  { name: 'deployments', path: '/deployments', icon: IconRocket, group: 'ship', key: 'd' },
  { name: 'monitors', path: '/monitors', icon: IconActivityHeartbeat, group: 'watch', key: 'n' },
  { name: 'questions', path: '/questions', icon: IconMessageQuestion, group: 'watch', key: 'q' },
  { name: 'reports', path: '/reports', icon: IconFileText, group: 'prove', key: 'r' },
  { name: 'audit', path: '/audit', icon: IconHistory, group: 'prove', key: 'a' },
  { name: 'settings', path: '/settings', icon: IconSettings, key: 's' },
];
