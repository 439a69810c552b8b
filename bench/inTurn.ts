/** Not counted: V8 optimises what has run a few times. */
const warmUpRuns = 5;

export interface Repeatable {
  measure(): Promise<void>;
  /** What was measured so far was only to warm up. */
  forget(): void;
}

/** Measures subjects in turn, so that what else the machine does strikes all alike. */
export async function measureInTurn(
  subjects: readonly Repeatable[],
  runs: number,
  beforeEach: () => void = () => undefined,
): Promise<void> {
  for (let run = -warmUpRuns; run < runs; run++) {
    if (run === 0) for (const subject of subjects) subject.forget();
    beforeEach();
    for (const subject of subjects) await subject.measure();
  }
}
