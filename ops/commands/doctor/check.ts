import type { Unread } from '../../connection/reading';

/** `skip`: could not be looked at, since something else is missing. */
export type CheckVerdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What was found, and what to do about it. */
export interface Finding {
  readonly verdict: CheckVerdict;
  readonly detail: string;
  readonly remedy?: string;
}

/** One line of the doctor. */
export interface Check extends Finding {
  /** Stable; several checks of one connection may share it. */
  readonly id: string;
  /** Left out if it concerns no connection in particular. */
  readonly connection?: string;
  readonly title: string;
}

export const ok = (detail: string): Finding => ({ verdict: 'ok', detail });
export const skip = (detail: string): Finding => ({ verdict: 'skip', detail });
export const warn = (detail: string, remedy: string): Finding => ({
  verdict: 'warn',
  detail,
  remedy,
});
export const fail = (detail: string, remedy: string): Finding => ({
  verdict: 'fail',
  detail,
  remedy,
});

/** A call of the operator's own that was denied, or came to nothing. */
export function notRead({ why, denied, remedy }: Unread): Finding {
  return fail(
    why,
    remedy ??
      (denied
        ? 'Have this action allowed to you, or run the doctor as somebody who may.'
        : 'Try again. If it stays so, look at the AWS Health Dashboard.'),
  );
}

export const deploy = 'Deploy the stack: npx cdk deploy.';
export const ops = (command: string) => `npm run ops -- ${command}`;
