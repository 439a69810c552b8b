import { parseStoredTokens as parse } from '../../lambda/core/tokenSet';
import { remember } from './remember';

export * from '../../lambda/core/tokenSet';

export const parseStoredTokens = remember(parse);
