import { page, refusal } from './answers';
import type { Exchange, ProviderFault } from './faults';

/** What happens to a request that no fault strikes. */
export const undisturbed: Exchange = { kind: 'exchange', takenUp: 'now', answer: 'valid' };

/** Which requests an exchange may be for; undefined for those that no fault is for. */
export type RequestKind = NonNullable<Exchange['of']>;

export function isFor({ of }: Exchange, kind: RequestKind | undefined): boolean {
  return of === undefined ? kind === 'refresh' || kind === 'credentials' : of === kind;
}

/** Whether an answer can only be given once the request was taken up. */
export const needsTrueAnswer = (answer: Exchange['answer']): boolean =>
  answer === 'valid' || answer === 'cut' || (typeof answer === 'object' && 'valid' in answer);

/** Why an exchange makes no sense; undefined if it does. */
export function contradictionIn({ takenUp, answer }: Exchange): string | undefined {
  return takenUp === 'never' && needsTrueAnswer(answer)
    ? 'a request that is never taken up has no true answer'
    : undefined;
}

/** The exchange that a short name stands for. */
export function exchangeOf(fault: ProviderFault): Exchange {
  return fault.kind === 'exchange' ? fault : { kind: 'exchange', ...meaningOf(fault) };
}

function meaningOf(fault: Exclude<ProviderFault, Exchange>): Omit<Exchange, 'kind'> {
  switch (fault.kind) {
    case 'refuse':
      return { takenUp: 'never', answer: 'reset' };
    case 'dropBefore':
      return { takenUp: 'never', answer: 'closed' };
    case 'dropAfter':
      return { takenUp: 'now', answer: 'closed' };
    case 'rateLimit':
      return {
        takenUp: 'never',
        answer: refusal(429, 50100, { seconds: fault.retryAfterSeconds }),
      };
    case 'internal':
      return { takenUp: takenUpIf(fault), answer: refusal(500, 0) };
    case 'unavailable': {
      const { retryAfterSeconds: seconds } = fault;
      return {
        takenUp: takenUpIf(fault),
        answer: page(503, seconds === undefined ? undefined : { seconds }),
      };
    }
    case 'status596':
      // As the API gateway answers (FuelSDK-PHP issue 125).
      return { takenUp: takenUpIf(fault), answer: page(596) };
    case 'status':
      return { takenUp: 'never', answer: refusal(fault.status, 0) };
    case 'redirect':
      return {
        takenUp: 'never',
        answer: { status: 307, headers: { location: fault.location }, body: '' },
      };
    case 'empty200':
      return { takenUp: 'now', answer: { status: 200, body: '' } };
    case 'html200':
      return { takenUp: 'now', answer: page(200) };
    case 'invalidJson200':
      return { takenUp: 'now', answer: { valid: { brokenOff: 1 } } };
    case 'oversized':
      return odd({ members: { padding: 'x'.repeat(64 * 1024) } });
    case 'noRefreshToken':
      return odd({ without: ['refreshToken'] });
    case 'badExpiresIn':
      return odd({ members: { expiresIn: fault.value } });
    case 'wrongTypes':
      return odd({ members: { [fault.member]: 12345 } });
    case 'slow':
      return { takenUp: 'now', answer: 'valid', delayMs: fault.delayMs };
  }
}

type Odd = Extract<Exchange['answer'], { readonly valid: unknown }>['valid'];
const odd = (valid: Odd): Omit<Exchange, 'kind'> => ({ takenUp: 'now', answer: { valid } });

const takenUpIf = ({ consumed }: { readonly consumed: boolean }) => (consumed ? 'now' : 'never');
