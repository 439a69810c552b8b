import { Classes } from './classes';
import { few } from './few';
import { mutants } from './mutants';
import { mutation } from './mutation';
import { run } from './runner';

describe('the fault simulator', () => {
  const ending = new AbortController();
  // Where the time for it is over, a simulation would go on.
  afterAll(() => ending.abort());

  it.each(mutants)('catches a rotation that $name', async (mutant) => {
    const options = { plugins: [mutation(mutant)], signal: ending.signal };
    const only = mutant.pairsOf === undefined ? few.only : [mutant.pairsOf];
    const part = { only, stopAtFirst: true };
    const task =
      mutant.pairsOf === undefined
        ? ({ kind: 'singles', ...part } as const)
        : ({ kind: 'pairs', classes: new Classes(), ...part } as const);

    const { report } = await run(task, options);

    expect(report.violations).not.toEqual([]);
  });
});
