import { type HeldTokenSet, parseEscrow } from '../../lambda/core/held';
import type { ParameterNames } from '../../lambda/core/names';
import type { Context } from '../context';

/** `unreadable` where it holds anything but token sets; undefined where there is none. */
export type Escrow = readonly HeldTokenSet[] | 'unreadable' | undefined;

export function escrowOf(text: string | undefined): Escrow {
  return text === undefined ? undefined : (parseEscrow(text) ?? 'unreadable');
}

/** @throws StoreFailure */
export async function readEscrow(
  { parameterStore }: Pick<Context, 'parameterStore'>,
  { escrow }: Pick<ParameterNames, 'escrow'>,
): Promise<Escrow> {
  return escrowOf((await parameterStore.read([escrow])).get(escrow)?.value);
}

/** The token sets in it; none where it cannot be read. */
export const heldIn = (escrow: Escrow): readonly HeldTokenSet[] =>
  escrow === undefined || escrow === 'unreadable' ? [] : escrow;
