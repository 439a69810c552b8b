import type { Context } from '../context';
import { wrap } from '../terminal/text';

/** What a command prints with --dry-run. */
export interface DryRun {
  readonly connection: string;
  readonly outcome: 'dryRun';
  /** In order; each goes on after "This would". */
  readonly would: readonly string[];
}

/** Its flag and what it is for. */
export const dryRunOption = ['--dry-run', 'say what would be done, and change nothing'] as const;

export function printDryRun(
  { terminal }: Pick<Context, 'terminal'>,
  connection: string,
  would: readonly string[],
): 0 {
  const result: DryRun = { connection, outcome: 'dryRun', would };
  terminal.result(result, () => [
    ...would.flatMap((each) =>
      wrap(`This would ${each}.`, terminal.width - 2).map((line, at) => (at ? `  ${line}` : line)),
    ),
    'Nothing was changed.',
  ]);
  return 0;
}
