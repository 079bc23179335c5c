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
  /** First parts of addresses whose things live in this place under another word. */
  readonly also?: readonly string[];
  /** After G, it goes there. */
  readonly key: string;
}

/** The places of a project in the order of the left bar. */
export const places: readonly Place[] = [
  { name: 'home', path: '', icon: IconHome, key: 'h' },
  { name: 'datasets', path: '/datasets', icon: IconDatabase, group: 'build', key: 't' },
  { name: 'experiments', path: '/experiments', also: ['runs', 'compare'], icon: IconFlask, group: 'build', key: 'e' },
  { name: 'pipelines', path: '/pipelines', also: ['executions'], icon: IconGitBranch, group: 'build', key: 'p' },
  { name: 'models', path: '/models', icon: IconBox, group: 'ship', key: 'm' },
  { name: 'deployments', path: '/deployments', icon: IconRocket, group: 'ship', key: 'd' },
  { name: 'monitors', path: '/monitors', also: ['incidents'], icon: IconActivityHeartbeat, group: 'watch', key: 'n' },
  { name: 'questions', path: '/questions', icon: IconMessageQuestion, group: 'watch', key: 'q' },
  { name: 'reports', path: '/reports', icon: IconFileText, group: 'prove', key: 'r' },
  { name: 'audit', path: '/audit', icon: IconHistory, group: 'prove', key: 'a' },
  { name: 'settings', path: '/settings', icon: IconSettings, key: 's' },
];

/** The place of an address below `/p/:project`, by the first part of it. */
export function placeOf(part: string): Place | undefined {
  return places.find(({ path, also }) => path === `/${part}` || (part === '' && path === '') || also?.includes(part));
}
