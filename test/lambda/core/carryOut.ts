import fc from 'fast-check';
import type { Decision } from '../../../lambda/core/decide';
import type { ConnectionParameters, Facts } from '../../../lambda/core/facts';
import type { Redacted } from '../../../lambda/core/redacted';
import type { StoredVersion } from '../../../lambda/core/tokenSet';
import { otherVersions, parameters, someSecrets, someTokens } from './arbitraryFacts';
import { fingerprintsOf, issued, versionOf } from './facts';

/** What provider and stores answer to whatever is decided; the sets hold fingerprints. */
export interface Answers {
  readonly acceptedTokens: ReadonlySet<string>;
  readonly acceptedSecrets: ReadonlySet<string>;
  readonly parameters: ConnectionParameters;
  readonly otherVersions: readonly StoredVersion[];
}

export const anyAnswers: fc.Arbitrary<Answers> = fc.record({
  acceptedTokens: someTokens.map((names) => fingerprintsOf(...names)),
  acceptedSecrets: someSecrets.map((secrets) => fingerprintsOf(...secrets)),
  parameters,
  otherVersions,
});

/** Secrets Manager moves AWSPREVIOUS to the version that a write takes AWSCURRENT from. */
export function withPrevious(answers: Answers, replaced: StoredVersion): Answers {
  const previous = { ...replaced, stages: ['AWSPREVIOUS'], versionId: 'replaced' };
  return { ...answers, otherVersions: [previous, ...answers.otherVersions] };
}

/** What is known once a decision was carried out, no fault and no other invocation in its way. */
export function carryOut(
  decision: Exclude<Decision, { do: 'finish' | 'fail' }>,
  facts: Facts,
  answers: Answers,
): Facts {
  switch (decision.do) {
    case 'readParameters':
      return { ...facts, parameters: answers.parameters };
    case 'readCurrent':
      return { ...facts, currentMayBeStale: false };
    case 'readOtherVersions':
      return { ...facts, otherVersions: answers.otherVersions };
    case 'publish':
      return {
        ...facts,
        current: versionOf(decision.tokenSet),
        unpublished: facts.unpublished === decision.tokenSet ? undefined : facts.unpublished,
        force: false,
        repaired: true,
      };
    case 'removePendingLabel':
      return {
        ...facts,
        otherVersions: (facts.otherVersions ?? []).filter(
          ({ versionId }) => versionId !== decision.versionId,
        ),
      };
    case 'probeCredentials': {
      const judged = withVerdict(facts, decision.clientSecret, answers);
      if (!facts.unexplained?.clientSecret.equals(decision.clientSecret)) return judged;
      const explained = { ...judged, unexplained: undefined };
      return answers.acceptedSecrets.has(decision.clientSecret.fingerprint)
        ? withRefusedToken(explained, facts.unexplained.token)
        : explained;
    }
    case 'refresh': {
      const { refreshToken, clientSecret, outcome } = decision;
      if (
        answers.acceptedSecrets.has(clientSecret.fingerprint) &&
        answers.acceptedTokens.has(refreshToken.fingerprint)
      ) {
        return published(facts, outcome);
      }
      const stale = { ...facts, currentMayBeStale: true };
      return facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted'
        ? withRefusedToken(stale, refreshToken)
        : { ...stale, unexplained: { token: refreshToken, clientSecret } };
    }
    case 'reissue':
      return answers.acceptedSecrets.has(decision.clientSecret.fingerprint)
        ? published(facts, 'reissued')
        : withVerdict(facts, decision.clientSecret, answers);
  }
}

function published(facts: Facts, outcome: NonNullable<Facts['outcome']>): Facts {
  return { ...facts, current: versionOf(issued('successor', { ageMs: 0 })), outcome };
}

function withRefusedToken(facts: Facts, token: Redacted): Facts {
  return { ...facts, refusedTokens: new Set([...facts.refusedTokens, token.fingerprint]) };
}

function withVerdict(facts: Facts, { fingerprint }: Redacted, answers: Answers): Facts {
  const verdict = answers.acceptedSecrets.has(fingerprint) ? 'accepted' : 'refused';
  return {
    ...facts,
    secretVerdicts: new Map([...facts.secretVerdicts, [fingerprint, verdict]]),
  };
}
