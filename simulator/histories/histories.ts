import type { NamedHistory } from './history';
import { operators } from './operators';
import { platform } from './platform';
import { provider } from './provider';

/** What was reported, found by attack or by a seed: each was seen to fail before it was mended. */
export const histories: readonly NamedHistory[] = [...provider, ...operators, ...platform];
