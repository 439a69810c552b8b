/** One deliberate fault in the rotation: a text in a source file, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Takes two faults to see: the scenario whose pairs show it. */
  readonly pairsOf?: string;
}

/** What a tired engineer might write; the simulator must catch each one. */
export const mutants: readonly Mutant[] = [
  {
    name: 'reports success before the token set is published',
    file: 'lambda/rotator/perform.ts',
    find: 'const published = await publish(run, tokenSet, facts.parameters, run.destination);',
    replace:
      'const published = { version: { ...facts.current, tokens: { kind: "issued", tokenSet } }, escrowCleared: true } as const; void publish(run, tokenSet, facts.parameters, run.destination);',
  },
  {
    name: 'skips the escrow',
    file: 'lambda/rotator/publish.ts',
    find: 'if (!parked && keepsFailing) parked = await park(run, text);',
    replace: '',
  },
  {
    name: 'deletes the escrow before its token set is published',
    file: 'lambda/rotator/perform.ts',
    find: 'const parameters = facts.parameters;\n',
    replace:
      'const parameters = facts.parameters;\n  await run.parameterStore().remove(parameterNamesOf(run).escrow);\n',
  },
  {
    name: 'does not publish the escrow before it refreshes',
    file: 'lambda/core/decide.ts',
    find: "if (newer) return { do: 'publish', tokenSet: newer };",
    replace: "if (newer && facts.otherVersions) return { do: 'publish', tokenSet: newer };",
  },
  {
    name: 'publishes an escrow that is older than AWSCURRENT',
    file: 'lambda/core/tokenSet.ts',
    find: '&& tokenSet.issuedAtMs > issuedAtMsOf(current)',
    replace: '',
  },
  {
    name: 'sends a refresh token that was refused again',
    file: 'lambda/core/decide.ts',
    find: 'if (current && !facts.refusedTokens.has(current.fingerprint)) {',
    replace: 'if (current && facts.otherVersions === undefined) {',
  },
  {
    name: 'forgets refused tokens between invocations',
    file: 'lambda/rotator/rotation.ts',
    find: 'refusedTokens: memory.refusedTokens,',
    replace: 'refusedTokens: (memory.refusedTokens = new Set()),',
  },
  {
    name: 'takes every 401 for a dead token',
    file: 'lambda/rotator/perform.ts',
    find: "if (facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted') {",
    replace: 'if (clientSecret) {',
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
    find: "if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };\n  const [",
    replace: 'const [',
  },
  {
    name: 'never tries the staged client secret',
    file: 'lambda/rotator/observe.ts',
    find: '...(staged && staged !== clientSecret ? [new Redacted(staged)] : []),',
    replace: '',
  },
  {
    name: 'asks the provider only once an invocation',
    file: 'lambda/core/limits.ts',
    find: 'export const providerAttempts = 25;',
    replace: 'export const providerAttempts = 1;',
    pairsOf: 'a token that is due',
  },
  {
    name: 'gives up at once when Secrets Manager fails',
    file: 'lambda/core/limits.ts',
    find: 'export const publishAttempts = 40;',
    replace: 'export const publishAttempts = 1;',
  },
  {
    name: 'throws away an answer without a refresh token instead of asking again',
    file: 'lambda/core/limits.ts',
    find: 'export const askForRefreshTokenAttempts = 4;',
    replace: 'export const askForRefreshTokenAttempts = 1;',
  },
  {
    name: 'forgets an exchange that a crash cut short',
    file: 'lambda/core/decide.ts',
    find: 'const { unfinished, current, nowMs } = facts;',
    replace: 'const { unfinished, current, nowMs } = { ...facts, unfinished: undefined as never };',
  },
  {
    name: 'acts on a stale read of AWSCURRENT',
    file: 'lambda/core/limits.ts',
    find: 'export const staleReadAttempts = 3;',
    replace: 'export const staleReadAttempts = 1;',
    pairsOf: 'a secret reset to its empty template',
  },
  {
    name: 'sends a token with parameters that it has not read in this invocation',
    file: 'lambda/rotator/perform.ts',
    find: 'return withParameters(run, facts, await readParameters(run));',
    replace:
      'return withParameters(run, facts, ((run.memory as { p?: never }).p ??= (await readParameters(run)) as never));',
  },
  {
    name: 'repeats a request after a 401',
    file: 'lambda/core/providerAnswer.ts',
    find: "if (status === 401) return { kind: 'unauthorized' };",
    replace: "if (status === 401) return { kind: 'unclear', reason: 'HTTP 401' };",
  },
  {
    name: 'rotates only when the access token has expired',
    file: 'lambda/core/decide.ts',
    find: 'return leftMs >= refreshBelowMs &&',
    replace: 'return leftMs + 0 * refreshBelowMs >= 0 &&',
  },
  {
    name: 'lets the last step of a rotation overwrite something newer',
    file: 'lambda/rotator/rotationSteps.ts',
    find: 'if (current.versionId === versionId || !mayReplace(pending, current)) break;',
    replace: 'if (current.versionId === versionId) break;',
  },
  {
    name: 'writes the refresh token under another name',
    file: 'lambda/rotator/publish.ts',
    find: 'run.secretStore.put(secretIdOf(run), versionId, text, destination?.stages)',
    replace:
      'run.secretStore.put(secretIdOf(run), versionId, text.replace(/refreshToken/, "refreshtoken"), destination?.stages)',
  },
];
