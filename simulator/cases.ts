import { emptyReport, type Report } from './report';

/** A history that is known by name, and played as it is. */
export interface Case {
  readonly name: string;
  /** Gives all that is wrong with it. */
  readonly play: () => Promise<readonly string[]>;
}

/** One process's part of them: each `shards`th, from the one at `shard`. */
export async function runCases(
  cases: readonly Case[],
  {
    shard,
    shards,
    stopAtFirst = false,
  }: { readonly shard: number; readonly shards: number; readonly stopAtFirst?: boolean },
): Promise<Report> {
  const report = emptyReport();
  for (let at = shard; at < cases.length; at += shards) {
    const { name, play } = cases[at] as Case;
    const [first] = await play();
    report.histories += 1;
    report.played += 1;
    if (first === undefined) continue;
    report.violations.push(`${first} [${name}]`);
    if (stopAtFirst) break;
  }
  return report;
}
