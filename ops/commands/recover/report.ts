import { labels } from '../../../lambda/core/labels';
import { refreshTokenOf, type StoredTokens } from '../../../lambda/core/tokenSet';
import type { LastError } from '../../connection/lastErrors';
import { heldIn } from '../../connection/parameters';
import type { Terminal } from '../../terminal/terminal';
import { isoTime, relativeTime } from '../../terminal/text';
import type { Diagnosis } from './diagnose';
import type { Explanation } from './explain';
import type { ChainFacts } from './facts';

/** What one place holds; tokens by fingerprint, the first 8 hex digits of their SHA-256. */
export interface HeldTokens {
  /** A version's id, or `escrow`. */
  readonly place: string;
  readonly stages: readonly string[];
  /** ISO 8601; absent for the escrow. */
  readonly createdAt?: string;
  readonly kind: StoredTokens['kind'] | 'unreadable';
  readonly refreshToken?: string;
  /** ISO 8601. */
  readonly issuedAt?: string;
  /** Whether the function saw the refresh token refused, as far back as the log is read. */
  readonly isRefused: boolean;
}

/** What recover found, as --json prints it. */
export interface RecoverResult {
  readonly connection: string;
  readonly diagnosis: Diagnosis['kind'];
  readonly explanation: string;
  readonly commands: readonly string[];
  readonly tokens: readonly HeldTokens[];
  readonly clientSecrets: ChainFacts['clientSecrets'];
  readonly lastError: {
    readonly at: string;
    readonly code: string;
    readonly message: string;
  } | null;
  readonly unknown: ChainFacts['unknown'];
}

export function recoverResult(
  facts: ChainFacts,
  { kind }: Diagnosis,
  { text, commands }: Explanation,
): RecoverResult {
  const { connection, clientSecrets, lastError, unknown } = facts;
  return {
    connection,
    diagnosis: kind,
    explanation: text,
    commands,
    tokens: heldTokens(facts),
    clientSecrets,
    lastError: lastError ? errorOf(lastError) : null,
    unknown,
  };
}

const errorOf = ({ atMs, code, message }: LastError) => ({ at: isoTime(atMs), code, message });

function heldTokens({ versions, escrow, refused }: ChainFacts): HeldTokens[] {
  const held = (tokens: StoredTokens | undefined) => {
    const refreshToken = tokens && refreshTokenOf(tokens)?.fingerprint;
    return {
      kind: tokens?.kind ?? ('unreadable' as const),
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(tokens?.kind === 'issued' ? { issuedAt: isoTime(tokens.tokenSet.issuedAtMs) } : {}),
      isRefused: refused.has(refreshToken ?? ''),
    };
  };
  return [
    ...versions.map(({ versionId, stages, createdAtMs, tokens }) => ({
      place: versionId,
      stages,
      createdAt: isoTime(createdAtMs),
      ...held(tokens),
    })),
    ...(escrow === 'unreadable' ? [{ place: 'escrow', stages: [], ...held(undefined) }] : []),
    ...heldIn(escrow).map(({ tokenSet, open, sent }) => ({
      place: 'escrow',
      // As the labels that it would have as a version.
      stages: [...(open ? [labels.open] : []), ...(sent ? [labels.sent] : [])],
      ...held({ kind: 'issued', tokenSet }),
    })),
  ];
}

/** The table of what is stored, then what else was found. */
export function formatFacts(result: RecoverResult, nowMs: number, terminal: Terminal): string[] {
  const ago = (at: string | undefined) =>
    at ? relativeTime(Math.min(Date.parse(at), nowMs - 1), nowMs) : '';
  const rows = result.tokens.map((held) => [
    held.place === 'escrow' ? 'escrow' : held.place.slice(0, 8),
    held.stages.join(' '),
    ago(held.createdAt),
    kinds[held.kind],
    held.refreshToken ?? '',
    held.isRefused ? terminal.paint('refused', 'bad') : ago(held.issuedAt),
  ]);
  const heads = ['version', 'stages', 'stored', 'holds', 'refresh token', 'issued'];
  return [
    ...(rows.length > 0 ? [...terminal.table(heads, rows), ''] : []),
    ...result.clientSecrets.map(({ parameter, verdict }) => `${parameter}: ${verdict}`),
    ...(result.lastError
      ? [
          `Last error ${ago(result.lastError.at)}: ${result.lastError.code}: ${result.lastError.message}`,
        ]
      : []),
    ...result.unknown.map(({ what, why }) => `Unknown: ${what}. ${why}`),
  ];
}

const kinds: Record<HeldTokens['kind'], string> = {
  issued: 'token set',
  seeded: 'refresh token',
  notSeeded: 'nothing yet',
  unreadable: 'unreadable',
};

export function formatDiagnosis(result: RecoverResult, terminal: Terminal): string[] {
  const { diagnosis, explanation, commands } = result;
  const tone = diagnosis === 'ok' ? 'good' : diagnosis === 'broken' ? 'bad' : 'warning';
  return [
    '',
    terminal.paint(explanation, tone),
    ...commands.map((command, at) => `${at === 0 ? 'Next:' : '  or:'} ${command}`),
  ];
}
