import * as v from 'valibot';
import { escrowBytes, escrowEntries, reuseWindowMs } from './limits';
import {
  refreshTokenOf,
  type StoredVersion,
  serializeTokenSet,
  type TokenSet,
  toStoredTokens,
} from './tokenSet';
import { parseJson } from './validate';

/** A token set that is not in Secrets Manager: in the escrow, or in this environment's memory. */
export interface HeldTokenSet {
  readonly tokenSet: TokenSet;
  /** From an exchange that was not clean: its refresh token is to be confirmed. */
  readonly open: boolean;
  /** Its refresh token may have been sent. */
  readonly sent: boolean;
  /**
   * Fingerprint of the refresh token that it was the answer to, or of the nearest ancestor once that
   * one has left; unknown for what is older.
   */
  readonly parent?: string | undefined;
}

/** The parent of a set whose place in the chain is known without one: it is in AWSCURRENT. */
export const noParent = '00000000';

/** Of the refresh token. */
export const fingerprintOf = ({ tokenSet }: Pick<HeldTokenSet, 'tokenSet'>) =>
  tokenSet.refreshToken.fingerprint;

/** Reads the escrow: one token set, or a list of a few. Undefined if nothing can be read. */
export function parseEscrow(text: string): readonly HeldTokenSet[] | undefined {
  const json = parseJson(text);
  if (!json.ok) return undefined;
  const entries = Array.isArray(json.value) ? json.value : [json.value];
  const held = entries.flatMap(toHeld);
  return held.length > 0 ? held : undefined;
}

function toHeld(value: unknown): HeldTokenSet[] {
  const tokens = toStoredTokens(value);
  if (!tokens.ok || tokens.value.kind !== 'issued') return [];
  const { open, sent, parent } = v.parse(markSchema, value);
  return [{ tokenSet: tokens.value.tokenSet, open, sent, parent }];
}

const markSchema = v.object({
  open: v.fallback(v.boolean(), false),
  sent: v.fallback(v.boolean(), false),
  parent: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/))), undefined),
});

/** The escrow's text. Holds the tokens in the clear. */
export function serializeEscrow(held: readonly HeldTokenSet[]): string {
  const texts = held.map(({ tokenSet, open, sent, parent }) => {
    const marks = { ...(open && { open }), ...(sent && { sent }), ...(parent && { parent }) };
    return JSON.stringify({ ...JSON.parse(serializeTokenSet(tokenSet)), ...marks });
  });
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`;
}

/** Both lists, each refresh token once; what either knows of it is kept. */
export function mergeHeld(
  older: readonly HeldTokenSet[],
  newer: readonly HeldTokenSet[],
): readonly HeldTokenSet[] {
  const all = [...older, ...newer];
  const byToken = new Map<string, HeldTokenSet>();
  for (const held of all) {
    const known = byToken.get(fingerprintOf(held));
    const later = known && known.tokenSet.issuedAtMs > held.tokenSet.issuedAtMs ? known : held;
    byToken.set(fingerprintOf(held), {
      tokenSet: later.tokenSet,
      open: held.open || (known?.open ?? false),
      sent: held.sent || (known?.sent ?? false),
      parent: nearerParent(known?.parent, held.parent, all),
    });
  }
  return [...byToken.values()];
}

/** Of two that are known as one entry's, the later one, unless the other has come of that. */
function nearerParent(
  one: string | undefined,
  other: string | undefined,
  held: readonly HeldTokenSet[],
): string | undefined {
  const isFarther = held.some(
    (entry) =>
      fingerprintOf(entry) === one &&
      [entry, ...ancestorsOf(entry, held)].some(({ parent }) => parent === other),
  );
  return other === undefined || isFarther ? one : other;
}

/**
 * What must leave an escrow that is full, in this order: what was refused, what is long over, then
 * clean ancestors; a live rival never.
 *
 * @returns what stays, and what has no place left though it may be alive
 */
export function fitEscrow(
  held: readonly HeldTokenSet[],
  facts: { readonly nowMs: number; readonly isDead: (fingerprint: string) => boolean },
): { readonly kept: readonly HeldTokenSet[]; readonly displaced: readonly HeldTokenSet[] } {
  let kept = [...held];
  const displaced: HeldTokenSet[] = [];
  const rank = (entry: HeldTokenSet) => {
    if (facts.isDead(fingerprintOf(entry))) return 0;
    if (facts.nowMs - entry.tokenSet.issuedAtMs > longOverMs) return 1;
    const isCleanAncestor = kept.some(
      ({ parent, open }) => parent === fingerprintOf(entry) && !open,
    );
    return isCleanAncestor ? 2 : 3;
  };
  const isFull = () =>
    kept.length > escrowEntries || Buffer.byteLength(serializeEscrow(kept)) > escrowBytes;
  while (kept.length > 1 && isFull()) {
    // The first of a chain by its links: clocks may differ.
    const [first] = [...kept].sort(
      (a, b) =>
        rank(a) - rank(b) ||
        ancestorsOf(a, kept).length - ancestorsOf(b, kept).length ||
        a.tokenSet.issuedAtMs - b.tokenSet.issuedAtMs,
    );
    if (first === undefined) break;
    if (rank(first) === 3) displaced.push(first);
    kept = withoutEntry(kept, first);
  }
  return { kept, displaced };
}

/** The entries that this is known to have come of, the nearest first. */
function ancestorsOf(entry: HeldTokenSet, held: readonly HeldTokenSet[]): readonly HeldTokenSet[] {
  const ancestors: HeldTokenSet[] = [];
  let parent = held.find((other) => fingerprintOf(other) === entry.parent);
  while (parent && !ancestors.includes(parent)) {
    ancestors.push(parent);
    const { parent: next } = parent;
    parent = held.find((other) => fingerprintOf(other) === next);
  }
  return ancestors;
}

/** What came of an entry that leaves is known to come of what that came of. */
function withoutEntry(held: readonly HeldTokenSet[], gone: HeldTokenSet): HeldTokenSet[] {
  const { parent } = gone;
  const isKnown = parent !== undefined && parent !== noParent;
  return held
    .filter((entry) => entry !== gone)
    .map((entry) =>
      isKnown && entry.parent === fingerprintOf(gone) ? { ...entry, parent } : entry,
    );
}

/** The newest of what an environment remembers. */
export function newestHeld(held: readonly HeldTokenSet[]): readonly HeldTokenSet[] {
  let kept = held;
  while (kept.length > escrowEntries) {
    const [oldest] = kept;
    if (oldest === undefined) break;
    kept = withoutEntry(kept, oldest);
  }
  return kept;
}

/** After its own and its successor's window, whichever clock is right. */
const longOverMs = 3 * reuseWindowMs;

/**
 * What is still worth keeping once a token set was published. A clean one that was asked for long
 * after a rival came about has outlived every request that could have revoked it.
 */
export function heldAfterPublishing(
  held: readonly HeldTokenSet[],
  published: { readonly tokenSet: TokenSet; readonly open: boolean },
  isDead: (fingerprint: string) => boolean,
): readonly HeldTokenSet[] {
  const { issuedAtMs } = published.tokenSet;
  const others = held.filter((entry) => fingerprintOf(entry) !== fingerprintOf(published));
  const isRivalsTime = others.some((entry) => issuedAtMs - entry.tokenSet.issuedAtMs < longOverMs);
  return others.filter((entry) => {
    if (isDead(fingerprintOf(entry))) return isRivalsTime;
    return published.open || issuedAtMs - entry.tokenSet.issuedAtMs < longOverMs;
  });
}

/**
 * The newest held token set that AWSCURRENT is behind: one whose refresh token came, over any number
 * of steps, from AWSCURRENT's. Clocks decide only if that was not written down.
 */
export function aheadOf(
  current: StoredVersion,
  held: readonly HeldTokenSet[],
  isCurrentDead = false,
): HeldTokenSet | undefined {
  const token = refreshTokenOf(current.tokens);
  const depthOf = (entry: HeldTokenSet): number => {
    let depth = 1;
    let eldest = entry;
    for (const _ of held) {
      const { parent } = eldest;
      if (parent === token?.fingerprint) return depth;
      const before = held.find((other) => fingerprintOf(other) === parent);
      if (before === undefined) {
        const isPlaced = parent !== undefined && parent !== noParent;
        if (isCurrentDead && isPlaced && isIssuedLater(entry.tokenSet, current)) return depth;
        break;
      }
      eldest = before;
      depth += 1;
    }
    if (token === undefined) return depth;
    return eldest.parent === undefined && isIssuedLater(eldest.tokenSet, current) ? depth : 0;
  };
  return held
    .filter((entry) => fingerprintOf(entry) !== token?.fingerprint && depthOf(entry) > 0)
    .sort((a, b) => depthOf(b) - depthOf(a) || b.tokenSet.issuedAtMs - a.tokenSet.issuedAtMs)[0];
}

function isIssuedLater({ issuedAtMs }: TokenSet, { tokens, createdAtMs }: StoredVersion): boolean {
  return issuedAtMs > (tokens.kind === 'issued' ? tokens.tokenSet.issuedAtMs : createdAtMs);
}
