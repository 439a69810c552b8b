import { type WhyLost, whyLost } from './checker/chain';

/** What a run of the simulator found. */
export interface Report {
  histories: number;
  /** Fewer: histories that are the same under several settings are played once. */
  played: number;
  /** Faults that struck. */
  faults: number;
  /** Histories that lost the chain in a way that nothing can prevent. */
  losses: Record<WhyLost, string[]>;
  /** Each with what replays it. */
  violations: string[];
}

export const emptyReport = (): Report => ({
  histories: 0,
  played: 0,
  faults: 0,
  losses: { overlapping: [], lateDescent: [], allowanceSpent: [] },
  violations: [],
});

export function addReport(to: Report, report: Report): void {
  to.histories += report.histories;
  to.played += report.played;
  to.faults += report.faults;
  for (const why of whyLost) to.losses[why].push(...report.losses[why]);
  to.violations.push(...report.violations);
}
