import { mutants } from './mutants';
import { mutation } from './mutation';
import { run } from './runner';

describe('the fault simulator', () => {
  it.each(mutants)('catches a rotation that $name', async (mutant) => {
    const { pairsOf } = mutant;
    const task = { kind: 'exhaustive', pairs: pairsOf !== undefined, stopAtFirst: true } as const;

    const { violations } = await run(pairsOf === undefined ? task : { ...task, only: pairsOf }, {
      plugins: [mutation(mutant)],
    });

    expect(violations).not.toEqual([]);
  });
});
