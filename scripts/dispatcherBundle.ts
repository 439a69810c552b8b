import path from 'node:path';
import { rotatorBundle } from './rotatorBundle';

/** The dispatcher of a fleet, bundled as the rotator is. */
export const dispatcherBundle = {
  ...rotatorBundle,
  entryPoints: { index: 'lambda/dispatcher/handler.ts' },
  outdir: path.join(path.dirname(rotatorBundle.outdir), 'dispatcher'),
};
