import { mutants } from './mutants';
import { mutation } from './mutation';
import { run } from './runner';

describe('the fault simulator', () => {
  const ending = new AbortController();
  // Where the time for it is over, a simulation would go on.
  afterAll(() => ending.abort());

  it.each(mutants)('catches a rotation that $name', async (mutant) => {
    const { pairsOf } = mutant;
    const task = { kind: 'exhaustive', pairs: pairsOf !== undefined, stopAtFirst: true } as const;

    const { violations } = await run(pairsOf === undefined ? task : { ...task, only: pairsOf }, {
      plugins: [mutation(mutant)],
      signal: ending.signal,
    });

    expect(violations).not.toEqual([]);
  });
});
