import { type Mutant, mutants } from '../../simulator/mutants';
import { run, type Task } from '../../simulator/runner';
import { few } from './few';
import { mutation } from './mutation';

describe('the fault simulator', () => {
  const ending = new AbortController();
  // If the time for it is over, a simulation would go on.
  afterAll(() => ending.abort());

  it.each(mutants)('catches a rotation that $name', async (mutant) => {
    const options = { plugins: [mutation(mutant)], signal: ending.signal };
    const violations: string[] = [];
    for (const task of tasksFor(mutant)) {
      if (violations.length > 0) break;
      violations.push(...(await run(task, options)).report.violations);
    }

    expect(violations).not.toEqual([]);
  });
});

/** What shows a mutant, the quickest first. */
function tasksFor({ takesDays = false }: Mutant): readonly Task[] {
  const stopAtFirst = true;
  if (takesDays) return [{ kind: 'days', stopAtFirst }];
  return [
    { kind: 'histories', stopAtFirst },
    { kind: 'singles', only: few.only, stopAtFirst },
  ];
}
