import type { Decision } from '../core/decide';
import type { Facts } from '../core/facts';
import { apiBaseUrls } from '../core/hosts';
import type { Grant } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import {
  apiBaseUrlsOf,
  refreshTokenIssuedAtMsOf,
  refreshTokenOf,
  type TokenSet,
} from '../core/tokenSet';
import type { TokenRequest } from '../effects/provider';
import { StoreFailure } from '../effects/storeFailure';
import { exchange } from './exchange';
import { chainBroken, type FailDecision } from './failures';
import { readCurrent, readOtherVersions, readParameters } from './observe';
import { publish } from './publish';
import { parameterNamesOf, type Run, secretIdOf } from './run';

type Effect = Exclude<Decision, { do: 'finish' } | FailDecision>;

/** Carries out one decision and returns what is known afterwards. */
export async function perform(run: Run, decision: Effect, facts: Facts): Promise<Facts> {
  switch (decision.do) {
    case 'readParameters':
      return withParameters(run, facts, await readParameters(run));
    case 'readCurrent':
      return rereadCurrent(run, facts);
    case 'readOtherVersions': {
      const { versions, currentVersionId } = await readOtherVersions(run, facts.current);
      const moved = currentVersionId !== undefined && currentVersionId !== facts.current.versionId;
      return { ...facts, otherVersions: versions, currentMayBeStale: moved };
    }
    case 'publish':
      return publishFound(run, facts, decision.tokenSet);
    case 'removePendingLabel':
      return removePendingLabel(run, facts, decision.versionId);
    case 'probeCredentials':
      return probeCredentials(run, facts, decision.clientSecret);
    case 'refresh':
      return refresh(run, facts, decision);
    case 'reissue':
      return reissue(run, facts, decision.clientSecret);
  }
}

/** Refusals belong to one package at one host: after a change of either they mean nothing. */
export function withParameters(
  run: Run,
  facts: Facts,
  parameters: NonNullable<Facts['parameters']>,
): Facts {
  const { authBaseUrl, clientId } = parameters.config;
  const packageKey = `${authBaseUrl} ${clientId}`;
  const { memory } = run;
  if (memory.packageKey !== packageKey) {
    memory.packageKey = packageKey;
    memory.refusedTokens = new Set();
    memory.doubtedSecrets = new Set();
  }
  const { refusedTokens, doubtedSecrets } = memory;
  return { ...facts, parameters, refusedTokens, doubtedSecrets };
}

/** Another invocation that published meanwhile has won: its token set is adopted. */
async function rereadCurrent(run: Run, facts: Facts): Promise<Facts> {
  const current = await readCurrent(run);
  if (current.versionId === facts.current.versionId) return { ...facts, currentMayBeStale: false };
  run.telemetry.info('Another invocation has published meanwhile; going on with its token set');
  return {
    ...facts,
    current,
    currentMayBeStale: false,
    force: false,
    unexplained: undefined,
    otherVersions: undefined,
  };
}

async function publishFound(run: Run, facts: Facts, tokenSet: TokenSet): Promise<Facts> {
  const parameters = facts.parameters;
  const published = await publish(run, tokenSet, parameters);
  run.telemetry.warn('Published a token set that had been left outside AWSCURRENT', {
    refreshToken: tokenSet.refreshToken.fingerprint,
    issuedAt: new Date(tokenSet.issuedAtMs).toISOString(),
  });
  return {
    ...facts,
    current: published.version,
    unpublished: facts.unpublished === tokenSet ? undefined : facts.unpublished,
    parameters: parameters && { ...parameters, escrowPresent: !published.escrowCleared },
    force: false,
    repaired: true,
  };
}

/** Tried once: a label that stays is found again by the next recovery or rotation. */
async function removePendingLabel(run: Run, facts: Facts, versionId: string): Promise<Facts> {
  try {
    // A rotation of Secrets Manager's own has moved the label to its version already.
    if (!run.destination) await run.secretStore.moveStage(secretIdOf(run), 'AWSPENDING', versionId);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
    run.telemetry.warn('AWSPENDING is still on a version that is done with', {
      versionId,
      problem: thrown.message,
    });
  }
  const others = (facts.otherVersions ?? []).filter((version) => version.versionId !== versionId);
  return { ...facts, otherVersions: others };
}

async function probeCredentials(run: Run, facts: Facts, clientSecret: Redacted): Promise<Facts> {
  // Without a refresh token the answer depends on the client credentials alone.
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: false }));
  const accepted = answer.kind === 'granted';
  const explained = facts.unexplained?.clientSecret.equals(clientSecret)
    ? facts.unexplained
    : undefined;
  const judged = withVerdict(run, facts, clientSecret, accepted);
  if (!explained) return judged;
  const rest = { ...judged, unexplained: undefined };
  return accepted ? withRefusedToken(run, rest, explained.token) : rest;
}

async function refresh(
  run: Run,
  facts: Facts,
  decision: Extract<Decision, { do: 'refresh' }>,
): Promise<Facts> {
  const { refreshToken, clientSecret, outcome } = decision;
  const request = { ...tokenRequest(facts, clientSecret, { offline: true }), refreshToken };
  noteExchange(run, refreshToken);
  const answer = await exchange(run, request);
  if (answer.kind === 'granted') {
    return publishGrant(run, withVerdict(run, facts, clientSecret, true), {
      ...answer,
      clientSecret,
      fallback: refreshToken,
      outcome,
    });
  }
  const stale = { ...facts, currentMayBeStale: true };
  if (facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted') {
    return withRefusedToken(run, stale, refreshToken);
  }
  // Remembered before it is explained: should the probe fail, the next invocation begins with it.
  run.memory.doubtedSecrets = new Set([...run.memory.doubtedSecrets, clientSecret.fingerprint]);
  return { ...stale, unexplained: { token: refreshToken, clientSecret } };
}

function noteExchange(run: Run, { fingerprint }: Redacted): void {
  run.journal.write(run.connection, { refreshToken: fingerprint, lastUseMs: run.clock.now() });
}

async function reissue(run: Run, facts: Facts, clientSecret: Redacted): Promise<Facts> {
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: true }));
  if (answer.kind === 'unauthorized') return withVerdict(run, facts, clientSecret, false);
  return publishGrant(run, withVerdict(run, facts, clientSecret, true), {
    ...answer,
    clientSecret,
    fallback: refreshTokenOf(facts.current.tokens),
    outcome: 'reissued',
  });
}

async function publishGrant(
  run: Run,
  facts: Facts,
  granted: {
    readonly grant: Grant;
    readonly sentAtMs: number;
    readonly clientSecret: Redacted;
    /** Stored again where the answer brought no refresh token of its own. */
    readonly fallback: Redacted | undefined;
    readonly outcome: 'rotated' | 'recovered' | 'reissued';
  },
): Promise<Facts> {
  const { grant, sentAtMs, outcome } = granted;
  const refreshToken = grant.refreshToken ?? granted.fallback;
  if (refreshToken === undefined) throw chainBroken(run, facts);
  const tokenSet: TokenSet = {
    accessToken: grant.accessToken,
    ...(grant.legacyToken ? { legacyToken: grant.legacyToken } : {}),
    refreshToken,
    issuedAtMs: sentAtMs,
    expiresAtMs: sentAtMs + grant.expiresInMs,
    ...(grant.refreshToken ? {} : { refreshTokenIssuedAtMs: issueOf(refreshToken, facts) }),
    ...apiBaseUrlsOf(facts.current.tokens),
    ...apiBaseUrls(facts.parameters?.config.authBaseUrl ?? ''),
  };
  const published = await publish(run, tokenSet, facts.parameters, run.destination);
  if (grant.refreshToken === undefined) {
    run.telemetry.warn(
      'The provider gave no refresh token; the access token is stored beside the previous one',
      { refreshToken: refreshToken.fingerprint },
    );
  }
  warnOfStagedSecret(run, facts, granted.clientSecret);
  return { ...facts, current: published.version, outcome };
}

/** When a stored refresh token was issued. */
function issueOf(refreshToken: Redacted, { current, otherVersions = [] }: Facts): number {
  const version = [current, ...otherVersions].find(({ tokens }) =>
    refreshTokenOf(tokens)?.equals(refreshToken),
  );
  return refreshTokenIssuedAtMsOf(version ?? current);
}

function warnOfStagedSecret(run: Run, facts: Facts, clientSecret: Redacted): void {
  if (facts.parameters?.clientSecrets[0].equals(clientSecret)) return;
  const names = parameterNamesOf(run);
  run.telemetry.count('StagedSecretUsed');
  run.telemetry.warn('The staged client secret is in use, since the first one is refused', {
    remedy: `Write the value of ${names.stagedClientSecret} to ${names.clientSecret}`,
  });
}

function tokenRequest(
  facts: Facts,
  clientSecret: Redacted,
  { offline }: { offline: boolean },
): TokenRequest {
  const { authBaseUrl = '', clientId = '' } = facts.parameters?.config ?? {};
  return { authBaseUrl, clientId, clientSecret, offline };
}

function withVerdict(run: Run, facts: Facts, clientSecret: Redacted, accepted: boolean): Facts {
  const { fingerprint } = clientSecret;
  const doubtedSecrets = new Set(run.memory.doubtedSecrets);
  if (accepted) doubtedSecrets.delete(fingerprint);
  else doubtedSecrets.add(fingerprint);
  run.memory.doubtedSecrets = doubtedSecrets;
  const secretVerdicts = new Map(facts.secretVerdicts);
  secretVerdicts.set(fingerprint, accepted ? 'accepted' : 'refused');
  return { ...facts, doubtedSecrets, secretVerdicts };
}

function withRefusedToken(run: Run, facts: Facts, token: Redacted): Facts {
  run.telemetry.warn('The provider refuses a refresh token', { refreshToken: token.fingerprint });
  const refusedTokens = new Set([...run.memory.refusedTokens, token.fingerprint]);
  run.memory.refusedTokens = refusedTokens;
  return { ...facts, refusedTokens };
}
