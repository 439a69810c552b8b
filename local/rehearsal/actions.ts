import * as v from 'valibot';
import { clockMoves, outages, paces } from './state';

const nothing = v.strictObject({});

/** What people can do on the page, each with the body that it takes. */
export const actionSchemas = {
  pace: v.strictObject({ minutesPerSecond: v.picklist(paces) }),
  'move-clock': v.strictObject({ minutes: v.picklist(clockMoves) }),
  'drop-answer': nothing,
  'kill-function': nothing,
  outage: v.strictObject({ of: v.picklist(outages), isDown: v.boolean() }),
  'expire-client-secret': nothing,
  'revoke-chain': nothing,
  'put-back': nothing,
  rotate: nothing,
  'stage-client-secret': nothing,
  'promote-client-secret': nothing,
  're-seed': nothing,
} as const;

export type ActionName = keyof typeof actionSchemas;
export type ActionBody<Name extends ActionName> = v.InferOutput<(typeof actionSchemas)[Name]>;

/** An action, with its body as it was checked. */
export type Action = { [Name in ActionName]: { name: Name; body: ActionBody<Name> } }[ActionName];

export const isActionName = (name: string): name is ActionName =>
  Object.hasOwn(actionSchemas, name);

/** An action that makes no sense as things are; the message says why, to a person. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
}
