import { createHash as create } from 'node:crypto';
import { remember } from './remember';

const sha256 = remember((text) => create('sha256').update(text).digest('hex'));

/** As much of it as the rotation uses. */
export const createHash = (_: 'sha256') => ({
  update: (text: string) => ({ digest: (_: 'hex') => sha256(text) }),
});
