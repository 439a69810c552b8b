import fc from 'fast-check';
import { type Decision, decide } from '../../../lambda/core/decide';
import type { RotationErrorCode } from '../../../lambda/core/errors';
import type { Facts } from '../../../lambda/core/facts';
import { rounds } from '../../../lambda/core/limits';
import { isNewer, refreshTokenOf } from '../../../lambda/core/tokenSet';
import { anyFacts } from './arbitraryFacts';
import { type Answers, anyAnswers, carryOut, withPrevious } from './carryOut';
import { factsOf } from './facts';

const sendsToProvider = (decision: Decision) =>
  decision.do === 'refresh' || decision.do === 'reissue' || decision.do === 'probeCredentials';

const always = (check: (facts: Facts, decision: Decision) => void) =>
  fc.assert(
    fc.property(anyFacts, (facts) => check(facts, decide(facts))),
    { numRuns: 3_000 },
  );

describe('whatever is known, a decision', () => {
  it('never sends a refresh token that is refused', () => {
    always((facts, decision) => {
      if (decision.do !== 'refresh') return;
      expect(facts.refusedTokens.has(decision.refreshToken.fingerprint)).toBe(false);
    });
  });

  it('never sends anything to the provider before the parameters are known', () => {
    always((facts, decision) => {
      if (facts.parameters === undefined) expect(sendsToProvider(decision)).toBe(false);
    });
  });

  it('never sends a token with a client secret that is refused, or doubted and not accepted', () => {
    always(({ secretVerdicts, doubtedSecrets }, decision) => {
      if (decision.do !== 'refresh' && decision.do !== 'reissue') return;
      const { fingerprint } = decision.clientSecret;
      const verdict = secretVerdicts.get(fingerprint);
      expect(verdict).not.toBe('refused');
      if (verdict === undefined) expect(doubtedSecrets.has(fingerprint)).toBe(false);
    });
  });

  it('never overwrites AWSCURRENT with something older, or with a refused refresh token', () => {
    always(({ current, refusedTokens }, decision) => {
      if (decision.do !== 'publish') return;
      const { refreshToken, issuedAtMs } = decision.tokenSet;
      expect(refusedTokens.has(refreshToken.fingerprint)).toBe(false);
      if (current.tokens.kind === 'issued') {
        expect(issuedAtMs).toBeGreaterThan(current.tokens.tokenSet.issuedAtMs);
      }
      if (current.tokens.kind === 'seeded') {
        expect(issuedAtMs).toBeGreaterThan(current.createdAtMs);
      }
    });
  });

  it('never finishes with an access token that is missing or has expired, unless just published', () => {
    always(({ current, nowMs, outcome }, decision) => {
      if (decision.do !== 'finish' || outcome !== undefined) return;
      const expiresAtMs =
        current.tokens.kind === 'issued' ? current.tokens.tokenSet.expiresAtMs : 0;
      expect(expiresAtMs).toBeGreaterThan(nowMs);
    });
  });

  it('never gives a chain up while a stored refresh token is not refused', () => {
    always((facts, decision) => {
      const givesUp =
        decision.do === 'reissue' || (decision.do === 'fail' && decision.code === 'ChainBroken');
      if (!givesUp) return;
      const { current, otherVersions, unpublished, parameters } = facts;
      const stored = [
        ...[current, ...(otherVersions ?? [])].map(({ tokens }) => refreshTokenOf(tokens)),
        unpublished?.refreshToken,
        parameters?.escrow?.refreshToken,
      ];
      expect(otherVersions).toBeDefined();
      expect(
        stored.filter((token) => token && !facts.refusedTokens.has(token.fingerprint)),
      ).toEqual([]);
    });
  });
});

/** A whole rotation: each decision with what it was made from; the last one ends it. */
function rotate(start: Facts, atFirst: Answers) {
  const steps: { facts: Facts; decision: Decision }[] = [];
  let facts = start;
  let answers = atFirst;
  for (let round = 0; round < rounds; round++) {
    const decision = decide(facts);
    steps.push({ facts, decision });
    if (decision.do === 'finish' || decision.do === 'fail') return steps;
    if (decision.do === 'publish') answers = withPrevious(answers, facts.current);
    facts = carryOut(decision, facts, answers);
  }
  throw new Error(`no end in ${rounds} rounds`);
}

const everyRotation = (check: (start: Facts, answers: Answers) => void) =>
  fc.assert(fc.property(anyFacts, anyAnswers, check), { numRuns: 3_000 });

/** What an invocation knows when it begins, out of what it may know later. */
const begun = (facts: Facts, { parameters }: Answers): Facts => ({
  ...factsOf(),
  force: facts.force,
  current: facts.current,
  parameters: facts.parameters && parameters,
  unpublished: facts.unpublished,
  unfinished: facts.unfinished,
  refusedTokens: facts.refusedTokens,
  doubtedSecrets: facts.doubtedSecrets,
});

describe('a whole rotation', () => {
  it('ends within its rounds, from whatever is known', () => {
    everyRotation((start, answers) => {
      expect(rotate(start, answers).length).toBeLessThanOrEqual(rounds);
    });
  });

  it('sends no refresh token twice with the same client secret', () => {
    everyRotation((start, answers) => {
      const sent = rotate(start, answers).flatMap(({ decision }) =>
        decision.do === 'refresh' ? `${decision.refreshToken} ${decision.clientSecret}` : [],
      );
      expect(sent).toEqual([...new Set(sent)]);
    });
  });

  it('takes AWSPENDING away only from what AWSCURRENT has outlived, or what is refused', () => {
    everyRotation((facts, answers) => {
      for (const { facts: known, decision } of rotate(begun(facts, answers), answers)) {
        // After a refresh AWSCURRENT holds the latest, whatever another clock has written.
        if (decision.do !== 'removePendingLabel' || known.outcome !== undefined) continue;
        const pending = known.otherVersions?.find(
          ({ versionId }) => versionId === decision.versionId,
        );
        if (pending?.tokens.kind !== 'issued') continue;
        const { tokenSet } = pending.tokens;
        const refused = known.refusedTokens.has(tokenSet.refreshToken.fingerprint);
        expect(refused || !isNewer(tokenSet, known.current)).toBe(true);
      }
    });
  });

  it('finds a living refresh token wherever it is stored, and fails only for what is so', () => {
    everyRotation((facts, answers) => {
      const start = begun(facts, answers);

      const end = rotate(start, answers).at(-1)?.decision;

      const { clientSecrets, escrow } = answers.parameters;
      const stored = [
        ...[start.current, ...answers.otherVersions].map(({ tokens }) => refreshTokenOf(tokens)),
        start.unpublished?.refreshToken,
        escrow?.refreshToken,
      ].flatMap((token) => token?.fingerprint ?? []);
      const living = stored.filter(
        (token) => answers.acceptedTokens.has(token) && !start.refusedTokens.has(token),
      );
      const reasons: Partial<Record<RotationErrorCode, boolean>> = {
        NotSeeded: stored.length === 0,
        CredentialsRejected: !clientSecrets.some(({ fingerprint }) =>
          answers.acceptedSecrets.has(fingerprint),
        ),
        ChainBroken: living.length === 0,
      };
      if (end?.do === 'fail') expect([end.code, reasons[end.code]]).toEqual([end.code, true]);
      else expect(end?.do).toBe('finish');
    });
  });
});
