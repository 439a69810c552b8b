import { findProgram } from './program';

interface Need {
  readonly program: string;
  /** How it is installed. */
  readonly by: string;
}

interface Needs {
  /** In one word, as the variable `REQUIRE_` names it. */
  readonly what: string;
  readonly programs: readonly Need[];
}

/**
 * Declares tests that need programs by others. If one is not installed they are skipped, which one
 * skipped test says; with `REQUIRE_MINISTACK=true`, or as it is called, that is a failure.
 *
 * @param tests gets the programs' files, in the order of `programs`
 */
export function describeWith(
  name: string,
  { what, programs }: Needs,
  tests: (...files: string[]) => void,
): void {
  const files = programs.flatMap(({ program }) => findProgram(program) ?? []);
  describe(name, () => {
    if (files.length === programs.length) {
      tests(...files);
      return;
    }
    const missing = programs
      .filter(({ program }) => findProgram(program) === undefined)
      .map(({ program, by }) => `${program} is not on the path (${by})`)
      .join(', ');
    const variable = `REQUIRE_${what.toUpperCase()}`;
    if (process.env[variable] === 'true') {
      it(`needs ${what}`, () => {
        throw new Error(`${variable} is true, and ${missing}.`);
      });
      return;
    }
    // Jest names skipped tests only if it runs a single file.
    process.stderr.write(`Skipped: ${name}. ${missing}.\n`);
    it.skip(`is not tested: ${missing}`, () => {});
  });
}
