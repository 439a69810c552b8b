/** One deliberate fault in the rotation: a text in a source file, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Takes days to see. */
  readonly takesDays?: boolean;
}

/** What a tired engineer might write; the simulator must catch each one. */
export const mutants: readonly Mutant[] = [
  {
    name: 'reports success before the token set is published',
    file: 'lambda/rotator/publish.ts',
    find: 'run.secretStore.put(secretIdOf(run), versionId, text, written),\n    );',
    replace:
      'new Promise<void>((resolve) => { resolve(); void run.secretStore.put(secretIdOf(run), versionId, text, written).catch(() => {}); }),\n    );',
  },
  {
    name: 'skips the escrow',
    file: 'lambda/rotator/publish.ts',
    find: 'held = await parkInEscrow(run, mergeHeld(run.memory.held, [set]));',
    replace: 'held = parkInEscrow === undefined ? [] : run.memory.held;',
  },
  {
    name: 'deletes the escrow before its token set is published',
    file: 'lambda/rotator/publishSet.ts',
    find: 'const published = await publishSet(run, facts, held);',
    replace:
      "await run.parameterStore().remove('/sfmc/sim/escrow');\n  const published = await publishSet(run, facts, held);",
  },
  {
    name: 'publishes an escrow that is older than AWSCURRENT',
    file: 'lambda/core/held.ts',
    find: 'return eldest.parent === undefined && isIssuedLater(eldest.tokenSet, current) ? depth : 0;',
    replace: 'return isIssuedLater(eldest.tokenSet, current) ? depth : depth;',
  },
  {
    name: 'overwrites what another invocation has parked',
    file: 'lambda/rotator/escrow.ts',
    find: 'const merged = mergeHeld(found.held, added);',
    replace: 'const merged = added;',
  },
  {
    name: 'forgets refusals between invocations',
    file: 'lambda/rotator/learn.ts',
    find: 'run.memory.refusals = refusals;',
    replace: '',
  },
  {
    name: 'takes every refusal for a dead token',
    file: 'lambda/rotator/askProvider.ts',
    find: 'if (isAccepted && facts.refusedInRound.size > 0) {',
    replace: 'if (isAccepted || clientSecret) {',
  },
  {
    name: 'believes a single refusal',
    file: 'lambda/core/limits.ts',
    find: 'export const refusalsOfDeadToken = 2;',
    replace: 'export const refusalsOfDeadToken = 1;',
  },
  {
    name: 'believes two refusals forever',
    file: 'lambda/core/limits.ts',
    find: 'export const verdictLapsesMs = 20 * 60_000;',
    replace: 'export const verdictLapsesMs = 20_000 * 60_000;',
  },
  {
    name: 'takes what a front says for the provider’s word',
    file: 'lambda/core/providerAnswer.ts',
    find: 'const error = parseProviderError(body);',
    replace: 'const error = parseProviderError(body) ?? { errorcode: 0 };',
  },
  {
    name: 'ignores AWSPENDING and every other version',
    file: 'lambda/rotator/observe.ts',
    find: 'for (const { versionId } of inOrderToTry(listed, current.versionId)) {',
    replace: 'for (const { versionId } of inOrderToTry(listed, current.versionId).slice(0, 0)) {',
  },
  {
    name: 'issues a new chain before the other versions were tried',
    file: 'lambda/core/decide.ts',
    find: "if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };\n  if (facts.escrowUnknown)",
    replace: 'if (facts.escrowUnknown)',
  },
  {
    name: 'never tries the staged client secret',
    file: 'lambda/rotator/observe.ts',
    find: 'return [new Redacted(clientSecret), new Redacted(staged)];',
    replace: 'return [new Redacted(clientSecret)];',
  },
  {
    name: 'asks the provider only once an invocation',
    file: 'lambda/core/limits.ts',
    find: 'export const providerAttempts = 40;',
    replace: 'export const providerAttempts = 1;',
  },
  {
    name: 'waits beyond its own end if the provider asks for it',
    file: 'lambda/core/retryDelay.ts',
    find: 'const shortestWaitMs = state.isUrgent ? Math.min(askedMs, heededMs, longestWaitMs) : askedMs;',
    replace: 'const shortestWaitMs = askedMs;',
  },
  {
    name: 'never gives a slow provider more time',
    file: 'lambda/rotator/exchange.ts',
    find: 'if (run.progress.isProviderSlow) return mostMs;',
    replace: '',
  },
  {
    name: 'repeats a request after a refusal',
    file: 'lambda/rotator/exchange.ts',
    find: "if (answer.kind === 'refused') break;",
    replace: '',
  },
  {
    name: 'takes an answer without a refresh token for done',
    file: 'lambda/rotator/grant.ts',
    find: 'open: isOpen || lacksSuccessor,\n    sent: lacksSuccessor,',
    replace: 'open: isOpen,\n    sent: false,',
  },
  {
    name: 'publishes an open token set without its label',
    file: 'lambda/rotator/publish.ts',
    find: '...(open || sent ? [labels.open] : []),',
    replace: '',
  },
  {
    name: 'takes any delivery for the first one',
    file: 'lambda/core/freshness.ts',
    find: 'if (isRepeated(delivery) || isSent(current)) return false;',
    replace: 'if (isSent(current)) return false;',
  },
  {
    name: 'sends no message that goes on before a direct invocation uses a token',
    file: 'lambda/core/decide.ts',
    find: "if (delivery.by === 'hand' && !facts.followUpSent) return { do: 'sendFollowUp' };",
    replace: '',
  },
  {
    name: 'begins a first use however little of its message is left',
    file: 'lambda/core/decide.ts',
    find: "if (leavesFirstUse(facts)) return { do: 'leave' };",
    replace: '',
  },
  {
    name: 'acts on a stale read of AWSCURRENT',
    file: 'lambda/core/limits.ts',
    find: 'export const staleReadAttempts = 3;',
    replace: 'export const staleReadAttempts = 1;',
  },
  {
    name: 'asks with the client secret of an invocation before',
    file: 'lambda/rotator/recall.ts',
    find: 'if (parameters === undefined || !run.progress.staysToDeadline) return readParameters(run);',
    replace:
      'if (parameters === undefined) return readParameters(run);\n  if (parameters) return { parameters, held, escrowPresent: true, escrowUnknown: true };',
  },
  {
    name: 'rotates only when the access token has expired',
    file: 'lambda/core/freshness.ts',
    find: "if (leftMs >= usualMs + marginMs) return 'fresh';",
    replace: "if (leftMs + 0 * marginMs >= 0) return 'fresh';",
  },
  {
    name: 'counts the life of an access token from the answer',
    file: 'lambda/rotator/grant.ts',
    find: 'expiresAtMs: sentAtMs + grant.expiresInMs };',
    replace: 'expiresAtMs: run.clock.now() + grant.expiresInMs };',
  },
  {
    name: 'overwrites a token that is valid by one that lives for a second',
    file: 'lambda/rotator/grant.ts',
    find: 'stored.expiresAtMs > granted.expiresAtMs;',
    replace: 'stored.expiresAtMs < granted.issuedAtMs;',
  },
  {
    name: 'lets the last step of a rotation overwrite something newer',
    file: 'lambda/rotator/rotationSteps.ts',
    find: 'if (current.versionId === versionId || !isCopy(pending, current)) break;',
    replace: 'if (current.versionId === versionId) break;',
  },
  {
    name: 'writes the refresh token under another name',
    file: 'lambda/rotator/publish.ts',
    find: 'const text = serializeTokenSet(set.tokenSet);\n  // One version id',
    replace:
      'const text = serializeTokenSet(set.tokenSet).replace(/refreshToken/, "refreshtoken");\n  // One version id',
  },
  {
    name: 'lets what a person has replaced come back',
    file: 'lambda/core/candidates.ts',
    find: 'const sinceMs = seededAtMs(facts);\n  const older',
    replace: 'const sinceMs = Number.NEGATIVE_INFINITY;\n  const older',
  },
  {
    name: 'confirms without an end',
    file: 'lambda/core/allowance.ts',
    find: 'return extra < mostExtra + more && all < (isShortLived ? mostOfShortLives : most + more);',
    replace: 'return mostExtra + mostOfShortLives > more || isShortLived;',
    takesDays: true,
  },
  {
    name: 'drops what is held once another token set was published',
    file: 'lambda/rotator/publish.ts',
    find: 'held: needsSettling ? await settle(run, set, others) : others,',
    replace: 'held: needsSettling ? (await settle(run, set, others)).slice(0, 0) : [],',
  },
  {
    name: 'keeps the other versions that it read before AWSCURRENT was read again',
    file: 'lambda/rotator/learn.ts',
    find: 'otherVersions: undefined,\n    listed: undefined,',
    replace: 'listed: undefined,',
  },
  {
    name: 'looks at what is newer before it reads a doubtful AWSCURRENT again',
    file: 'lambda/core/decide.ts',
    find: "if (facts.currentMayBeStale) return { do: 'readCurrent' };\n  return publishOrAsk",
    replace:
      "if (facts.currentMayBeStale && !aheadTokenSet(facts)) return { do: 'readCurrent' };\n  return publishOrAsk",
  },
  {
    name: 'keeps its doubts about a client secret after a change of package',
    file: 'lambda/rotator/learn.ts',
    find: 'memory.doubtedSecrets = new Set();',
    replace: '',
  },
];

/**
 * What makes no difference to the promise, and why. The simulator finds nothing in these.
 *
 * Two more of their kind have no place in this rotation: it takes AWSPENDING away in the last step of
 * Secrets Manager's own rotation alone, and publishes to AWSCURRENT alone, so that no pending version
 * can be taken for the newest.
 */
export const equivalents: readonly (Mutant & { readonly why: string })[] = [
  {
    name: 'does not publish the escrow before it refreshes',
    why: 'what is held is used from where it is, counts as used before, and what it brings is confirmed',
    file: 'lambda/core/decide.ts',
    find: 'if (!isUsedFromEscrow(facts, ahead)) return publish(facts, ahead);\n  }',
    replace: 'if (ahead === undefined) return publish(facts, ahead);\n  }',
  },
  {
    name: 'keeps half the time at the end of an invocation for publishing',
    why: 'what was not stored is had again by the next delivery, which begins inside the five minutes',
    file: 'lambda/core/limits.ts',
    find: 'export const publishReserveMs = 4_500;',
    replace: 'export const publishReserveMs = 2_500;',
  },
  {
    name: 'waits for a store for five seconds instead of two',
    why: 'what was not stored is had again by the next delivery, which begins inside the five minutes',
    file: 'lambda/core/limits.ts',
    find: 'export const storeAttemptMs = 2_000;',
    replace: 'export const storeAttemptMs = 5_000;',
  },
];
