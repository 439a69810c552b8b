import type { Unread } from '../../connection/reading';
import type { Finding } from '../judgement';

/** `skip`: could not be looked at, since something else is missing. */
export type CheckVerdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What was found, and what to do about it. */
export interface CheckResult {
  readonly verdict: CheckVerdict;
  readonly detail: string;
  readonly remedy?: string;
}

/** One line of the doctor. */
export interface Check extends CheckResult {
  /** Stable; several checks of one connection may share it. */
  readonly id: string;
  /** Left out if it concerns no connection in particular. */
  readonly connection?: string;
  readonly title: string;
}

export const ok = (detail: string): CheckResult => ({ verdict: 'ok', detail });
export const skip = (detail: string): CheckResult => ({ verdict: 'skip', detail });
export const warn = (detail: string, remedy: string): CheckResult => ({
  verdict: 'warn',
  detail,
  remedy,
});
export const fail = (detail: string, remedy: string): CheckResult => ({
  verdict: 'fail',
  detail,
  remedy,
});

/** A call of the operator's own that was denied, or came to nothing. */
export function notRead({ why, denied, remedy }: Unread): CheckResult {
  return fail(
    why,
    remedy ??
      (denied
        ? 'Have this action allowed to you, or run the doctor as somebody who may.'
        : 'Try again. If it stays so, look at the AWS Health Dashboard.'),
  );
}

/** Checks of one connection, in which what {@link findingsOf} has found stands unless it is worse. */
export function withFindings(checks: readonly Check[], findings: readonly Finding[]): Check[] {
  return checks.map((check) => {
    const found = findings.find(({ subject }) => subject === check.id);
    if (found === undefined || check.verdict === 'fail') return check;
    const { what, remedy } = found;
    return {
      ...check,
      verdict: found.verdict === 'broken' ? 'fail' : 'warn',
      detail: `${what}.`,
      remedy: remedy
        ? `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`
        : 'See docs/errors.md.',
    };
  });
}

/** A warning asks for somebody's attention as well. */
export const isHealthy = ({ verdict }: Pick<Check, 'verdict'>) =>
  verdict === 'ok' || verdict === 'skip';

export const deploy = 'Deploy the stack: npx cdk deploy.';
export const ops = (command: string) => `npm run ops -- ${command}`;
