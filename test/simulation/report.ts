/** What a run of the simulator found. */
export interface Report {
  histories: number;
  /** Fewer: histories that are the same under several settings are played once. */
  played: number;
  /** Faults that struck. */
  faults: number;
  /** Chains lost in the one way that nothing can prevent. */
  excused: number;
  /** Each with the seed or the faults that replay it. */
  violations: string[];
}

export const emptyReport = (): Report => ({
  histories: 0,
  played: 0,
  faults: 0,
  excused: 0,
  violations: [],
});

export function addReport(to: Report, report: Report): void {
  to.histories += report.histories;
  to.played += report.played;
  to.faults += report.faults;
  to.excused += report.excused;
  to.violations.push(...report.violations);
}
