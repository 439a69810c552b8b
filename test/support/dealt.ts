const isWhole = process.env.TEST_FULL === 'true';

/**
 * One hand's share of a table that several hands, numbered from 0, have between them: each with each
 * is for `npm run test:full`, where every hand has the whole table.
 */
export function dealt<T>(table: readonly T[], hand: number, hands: number): T[] {
  return table.filter((_, at) => isWhole || at % hands === hand % hands);
}
