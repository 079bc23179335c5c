import { common } from './common.ts';
import { graph } from './graph.ts';
import { home } from './home.ts';
import { localised } from './localised.ts';
import { shell } from './shell.ts';

/** Every word that the pages show, one file for each noun. A sentence with figures in it is a function of them. */
const catalogue = { common, graph, home, shell };

export const words = localised(catalogue, globalThis.location?.search ?? '');
