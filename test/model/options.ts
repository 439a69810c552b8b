/**
 * Time goes in steps of 20 s: the provider's window is 15 of them, an invocation lives 2, one
 * exchange fits into each.
 */
export const steps = {
  window: 15,
  /** The promise: provider and one store answer again so long after a first use. */
  promise: 12,
  invocation: 2,
  /** Age at which a token is due. */
  threshold: 60,
  visibility: 3,
  messageLife: 60,
  followUp: 3,
} as const;
export const mostReceives = 18;
export const escrowEntries = 4;

/**
 * What the provider does with a second use: answer with the same successor, with another valid
 * one, with one that revokes its siblings, or with one that revokes their descendants as well.
 */
export type SecondUse = 'same' | 'valid' | 'revoke' | 'deep';

/**
 * Requests: never taken up, answer lost, taken up late, answer without refresh token, refused once
 * though alive. `die`: the environment ends. Outages of the provider; of a store's writes (`sm`,
 * `ssm`) or of all of it (`smRead`, `ssmRead`).
 */
const allFaults = [
  ...['never', 'lost', 'late', 'noRefreshToken', 'refused', 'die', 'provider'],
  ...['sm', 'ssm', 'smRead', 'ssmRead'],
] as const;

/** `due`: a tick meets a due token. `pile`: an outage ended while messages grew old. */
export type Scenario = 'due' | 'pile' | 'forced' | 'overlap';

export interface Options {
  semantics: SecondUse;
  /** How many faults one history may have. */
  faults: number;
  kinds: string;
  scenario: Scenario;
  /** Steps between two ticks: 15 for a single connection, 60 in a fleet. */
  period: number;
  /** Steps by which a tick may come late: none, or all of them. */
  jitter: number;
  /** A request that was held back is taken up at most so many steps after it was sent. */
  latest: number;
  faultsUntil: number;
  horizon: number;
  mostStates: number;

  // The rules, each can be left out (0).
  /** The queue keeps invocations of one connection apart. */
  serial: number;
  /** Only a first delivery of a token that was not due a period earlier may be clean. */
  firstDelivery: number;
  /** A fresh or open token is marked before it is used; a due one on a repetition, if possible. */
  mark: number;
  /** On a repetition too a mark is required, not only tried. */
  markRequired: number;
  /** A due token that cannot be marked on its version is marked in the escrow. */
  markInEscrow: number;
  /** An answer that did not come is written down at once. */
  writeDownLost: number;
  /** The same also in the escrow, so that both stores hold the token. */
  parkLost: number;
  /** An open end is confirmed by the same message, not by the next tick. */
  confirm: number;
  /** Confirmations that the allowance has left. */
  allowance: number;
  /** A success through a predecessor or a rival is open. */
  fallbackOpen: number;
  /** An open set in the escrow is confirmed although Secrets Manager takes no writes. */
  escrowUse: number;
  /** While Secrets Manager cannot be read, the escrow's sets are used. */
  escrowUnread: number;
  /** What others wrote into the escrow meanwhile is merged, not overwritten. */
  escrowMerge: number;
  /** A repetition does not end as fresh before it has looked into the escrow. */
  repetitionLooks: number;
  /** A refusal is asked for twice. */
  askTwice: number;
  /** A direct invocation puts a message into the queue first: 0 no, 1 yes, 2 a
   * forced one; 3: it puts a forced message there and does nothing else. */
  followUp: number;
  /** An exchange of a direct invocation is open. */
  handOpen: number;
  /** No first use by a message that has less than the window to live: 0 no, 1 it is dropped, 2 it is
   * dropped for a new one, which is never a first delivery. */
  lifeRule: number;
  /** The same for a confirmation, which is a first use too. */
  lifeRuleOpen: number;
  /** Not if the first receipt, with enough to live then, may have been a use that still counts. */
  lifeRuleFirstReceipt: number;
  /** An invocation ends when its message's life does: the queue then hands out the next one. */
  endsWithMessage: number;
  /** An environment that failed keeps the client secret and what no store took. */
  memory: number;
}

export const defaults: Options = {
  semantics: 'revoke',
  faults: 1,
  kinds: allFaults.join(),
  scenario: 'due',
  period: 15,
  jitter: 3,
  latest: 15,
  faultsUntil: 16,
  horizon: 60,
  mostStates: 4e6,
  serial: 1,
  firstDelivery: 1,
  mark: 1,
  markRequired: 0,
  markInEscrow: 1,
  writeDownLost: 1,
  parkLost: 1,
  confirm: 1,
  allowance: 18,
  fallbackOpen: 1,
  escrowUse: 1,
  escrowUnread: 1,
  escrowMerge: 1,
  repetitionLooks: 0,
  askTwice: 1,
  followUp: 2,
  handOpen: 1,
  lifeRule: 1,
  lifeRuleOpen: 0,
  lifeRuleFirstReceipt: 1,
  endsWithMessage: 1,
  memory: 1,
};

/** `--name=value` of each option. */
export function optionsOf(args: readonly string[]): Options {
  const options: Record<string, string | number> = { ...defaults };
  for (const argument of args) {
    const [, name = '', value = ''] = /^--(\w+)=(.*)$/.exec(argument) ?? [];
    if (!(name in defaults)) throw new Error(`No option: ${argument}`);
    options[name] = typeof options[name] === 'number' ? Number(value) : value;
  }
  // Each name is one of the defaults', and each value of its default's type.
  return options as unknown as Options;
}
