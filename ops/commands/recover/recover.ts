import type { Context } from '../../context';
import { tryClientSecret } from '../../rotator/clientSecret';
import { decryptConfigured } from '../chosenConnections';
import { rotate } from '../rotate/rotate';
import { defaultTimeoutMs, formatRotation, rotateExitCode } from '../rotate/rotateResult';
import { seed } from '../seed/seed';
import { formatSeed } from '../seed/seedResult';
import { formatStaged, stageSecret } from '../stage-secret/stageSecret';
import { type Diagnosis, diagnose } from './diagnose';
import { type Explanation, explain, type NextStep } from './explain';
import { type ChainFacts, readChainFacts } from './facts';
import { formatDiagnosis, formatFacts, type RecoverResult, recoverResult } from './report';

/** Each round looks, reports and takes one step; the longest known way takes three. */
const mostRounds = 6;

/**
 * Reports what is the matter with a connection's chain. With a person at the terminal it goes on to
 * take the steps, asking before each, until nothing is left to do or the person declines.
 * It deletes no version, and leaves the escrow to the function.
 */
export async function recover(context: Context, connection: string): Promise<RecoverResult> {
  const { terminal, prompts } = context;
  const asks = prompts.isPossible && !terminal.json;
  let taken: string | undefined;
  let askedAgain: ChainFacts['askedAgain'] = 'not yet';
  for (let round = 1; ; round++) {
    let facts: ChainFacts = { ...(await readChainFacts(context, connection)), askedAgain };
    if (asks && round === 1)
      report(context, formatFacts(current(facts).result, facts.nowMs, terminal));
    if (asks && mayBeCredentials(diagnose(facts))) {
      facts = await withVerdicts(context, connection, facts);
    }
    const { result, explanation } = current(facts);
    if (!asks) return result;
    report(context, formatDiagnosis(result, terminal));
    const key = JSON.stringify(explanation);
    // A step that has changed nothing is not offered a second time.
    if (explanation.step === undefined || key === taken || round === mostRounds) return result;
    taken = key;
    if (!(await prompts.confirm(questionOf(explanation.step), elsewhere))) return result;
    askedAgain = await take(context, connection, explanation.step);
    terminal.begins(
      `What was done stays. "npm run ops -- recover ${connection}" goes on from there.`,
    );
  }
}

const elsewhere = 'give the command that is shown';

function report({ terminal }: Context, lines: readonly string[]): void {
  for (const line of lines) terminal.progress(line);
}

function current(facts: ChainFacts): { result: RecoverResult; explanation: Explanation } {
  const diagnosis = diagnose(facts);
  const explanation = explain(diagnosis, facts);
  return { result: recoverResult(facts, diagnosis, explanation), explanation };
}

/** Whether the cause may be a client secret that is refused. */
function mayBeCredentials({ kind }: Diagnosis): boolean {
  return kind === 'clientSecretRefused' || kind === 'untried' || kind === 'broken';
}

async function withVerdicts(
  context: Context,
  connection: string,
  facts: ChainFacts,
): Promise<ChainFacts> {
  const { prompts, terminal } = context;
  terminal.progress('Without a refresh token Marketing Cloud answers for the client secret alone.');
  const question = 'Ask Marketing Cloud whether it takes the client secret?';
  if (!(await prompts.confirm(question, elsewhere))) return facts;
  const { config, names, clientSecret, stagedClientSecret } = await decryptConfigured(
    context,
    connection,
  );
  const clientSecrets = [];
  for (const { parameter } of facts.clientSecrets) {
    const secret = parameter === names.clientSecret ? clientSecret : stagedClientSecret;
    if (secret === undefined) continue;
    const { verdict } = await tryClientSecret(context, connection, config, secret);
    terminal.progress(`${parameter}: ${verdict}`);
    clientSecrets.push({ parameter, verdict });
  }
  return { ...facts, clientSecrets };
}

const questionOf = (step: NextStep) =>
  ({
    rotate: 'Rotate now?',
    stageSecret: 'Store the present client secret now?',
    seed: 'Seed it now?',
  })[step.do];

/** @returns what has come of asking about refused tokens again */
async function take(
  context: Context,
  connection: string,
  step: NextStep,
): Promise<ChainFacts['askedAgain']> {
  switch (step.do) {
    case 'rotate': {
      const options = { force: step.force, timeoutMs: defaultTimeoutMs };
      const result = await rotate(context, connection, options);
      if (rotateExitCode(result) === 0)
        report(context, formatRotation(result, context, step.force));
      if (!step.force) return 'not yet';
      if (result.outcome === 'unknown') return 'unanswered';
      return result.outcome === 'failed' && result.lastError?.code === 'ChainBroken'
        ? 'refused'
        : 'not yet';
    }
    case 'stageSecret': {
      const result = await stageSecret(context, connection, { fromStdin: false, untried: false });
      report(context, formatStaged(result, context));
      return 'not yet';
    }
    case 'seed':
      await seedNow(context, connection, step.what);
      return 'not yet';
  }
}

async function seedNow(
  context: Context,
  connection: string,
  what: Extract<NextStep, { do: 'seed' }>['what'],
): Promise<void> {
  const question = "Does the first refresh token come in a login's JWT?";
  const isJwt = what !== 'clientSecret' && (await context.prompts.confirm(question, elsewhere));
  const result = await seed(context, connection, {
    replace: what === 'anotherChain',
    isConfirmed: true,
    from: isJwt ? 'jwtQuestion' : 'questions',
  });
  report(context, formatSeed(result, context));
}
