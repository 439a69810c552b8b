import { labels } from '../../../lambda/core/labels';
import { restoreCommand } from '../../failures/awsFailure';
import type { Diagnosis } from './diagnose';
import { type ChainFacts, isCurrent } from './facts';

/** Something that this program can do about it. */
export type NextStep =
  | { readonly do: 'rotate'; readonly force: boolean }
  | { readonly do: 'stageSecret' }
  /** The client secret alone, or a new chain. */
  | { readonly do: 'seed'; readonly what: 'clientSecret' | 'firstChain' | 'anotherChain' };

/** A diagnosis in words, with what to do. */
export interface Explanation {
  /** Sentences. */
  readonly text: string;
  /** One of these; none if nothing is to be done. */
  readonly commands: readonly string[];
  readonly step: NextStep | undefined;
}

export function explain(diagnosis: Diagnosis, facts: ChainFacts): Explanation {
  const { connection, secretId, clientSecrets, config, lastError } = facts;
  const nothing = { commands: [], step: undefined };
  const doing = (text: string, step: NextStep) => ({
    text,
    commands: commandsOf(step, connection),
    step,
  });
  switch (diagnosis.kind) {
    case 'ok':
      return { text: `Nothing is wrong with the chain.${openEndOf(facts)}`, ...nothing };
    case 'deleted':
      return {
        text: `The secret ${secretId} is scheduled for deletion. Take it back, tokens and all:`,
        commands: [restoreCommand(secretId)],
        step: undefined,
      };
    case 'noSecret':
      return {
        text: `The secret ${secretId} does not exist in this Region. Deploy the stack; in a fleet, seed it.`,
        commands: [
          'npx cdk deploy',
          `npm run ops -- seed ${connection} --auth-base-url ${config.authBaseUrl} --client-id ${config.clientId}`,
        ],
        step: undefined,
      };
    case 'malformed':
      return explainMalformed(diagnosis, facts);
    case 'notSeeded':
      return doing('Neither the secret nor the escrow holds a refresh token.', {
        do: 'seed',
        what: 'firstChain',
      });
    case 'clientSecretMissing':
      return doing('A refresh token is there, and no client secret.', {
        do: 'seed',
        what: 'clientSecret',
      });
    case 'parked':
      return doing(
        `A later token set than the secret's waits in ${diagnosis.where}. The function publishes it ` +
          'by itself: leave it there. A rotation does it now.',
        { do: 'rotate', force: diagnosis.currentIsValid },
      );
    case 'clientSecretRefused':
      return doing(
        `Marketing Cloud refuses ${clientSecrets.map(({ parameter }) => parameter).join(' and ')} ` +
          `for the client id ${config.clientId}. No refresh token is lost. Store the package's ` +
          'present client secret; the function takes it up.',
        { do: 'stageSecret' },
      );
    case 'failing':
      return {
        text:
          'The chain is whole as far as is known. The last rotation failed for another reason ' +
          `(${lastError?.code}): ${lastError?.message} Fix that; a rotation shows whether it is gone.`,
        commands: [`npm run ops -- doctor ${connection}`, ...commandsOf(rotateNow, connection)],
        step: rotateNow,
      };
    case 'untried':
      return doing(
        `These refresh tokens are stored and not known to be refused: ` +
          `${diagnosis.fingerprints.join(', ')}. The function tries each of them, and asks about ` +
          'those that were refused once more.',
        { do: 'rotate', force: true },
      );
    case 'broken':
      return explainBroken(diagnosis.isReissuedByFunction, facts);
  }
}

const rotateNow: NextStep = { do: 'rotate', force: false };
const anotherChain: NextStep = { do: 'seed', what: 'anotherChain' };

function explainMalformed(
  { versionId, goodVersionId }: Extract<Diagnosis, { kind: 'malformed' }>,
  { connection, secretId }: ChainFacts,
): Explanation {
  const text = `The secret ${secretId} holds something that is no token set. `;
  if (goodVersionId === undefined) {
    return {
      text: `${text}No version holds one.`,
      commands: commandsOf(anotherChain, connection),
      step: anotherChain,
    };
  }
  return {
    text: `${text}Put AWSCURRENT back on the version with the newest one:`,
    commands: [
      `aws secretsmanager update-secret-version-stage --secret-id ${secretId} --version-stage ` +
        `AWSCURRENT --remove-from-version-id ${versionId} --move-to-version-id ${goodVersionId}`,
    ],
    step: undefined,
  };
}

const broken =
  'The chain is broken: Marketing Cloud has refused every stored refresh token, twice each.';
const newChain =
  'a package that users log in to needs that somebody logs in again, and the JWT of that login ' +
  'starts a new chain; a server-to-server package gets a new one by its client credentials.';

/**
 * A refusal may be a passing fault of what answers, so that it is asked about again before anybody
 * has to log in again.
 */
function explainBroken(
  isReissuedByFunction: boolean,
  { connection, askedAgain }: ChainFacts,
): Explanation {
  if (askedAgain !== 'not yet') {
    const asked =
      askedAgain === 'refused'
        ? 'It has just done so again.'
        : 'Whether it still does was not answered in this time: the question waits in the queue.';
    return {
      text: `${broken} ${asked} To start over: ${newChain}`,
      commands: commandsOf(anotherChain, connection),
      step: anotherChain,
    };
  }
  const step: NextStep = { do: 'rotate', force: true };
  const asked =
    'The function asks about them again every 20 minutes. A forced rotation does so as soon as what ' +
    'is in the queue for the connection has ended; it takes nothing away.';
  const last = isReissuedByFunction
    ? 'the config lets the function ask for a new chain.'
    : newChain;
  return {
    text: `${broken} ${asked} If it stays so: ${last}`,
    commands: [
      ...commandsOf(step, connection),
      ...(isReissuedByFunction ? [] : commandsOf(anotherChain, connection)),
    ],
    step,
  };
}

/** What the labels of AWSCURRENT say of its refresh token. */
function openEndOf({ versions }: ChainFacts): string {
  const stages = versions.find(isCurrent)?.stages ?? [];
  if (stages.includes(labels.open)) {
    return ` Its refresh token came by a lost answer (${labels.open}): the next tick uses it once more.`;
  }
  if (!stages.includes(labels.sent)) return '';
  return ` Its refresh token may have been sent (${labels.sent}): the next tick sees to that.`;
}

function commandsOf(step: NextStep, connection: string): string[] {
  const command = (name: string, ...options: string[]) =>
    ['npm run ops --', name, connection, ...options].join(' ');
  switch (step.do) {
    case 'rotate':
      return [command('rotate', ...(step.force ? ['--force'] : []))];
    case 'stageSecret':
      return [command('stage-secret')];
    case 'seed': {
      if (step.what === 'clientSecret') return [command('seed')];
      const replace = step.what === 'anotherChain' ? ['--replace'] : [];
      return [command('seed', ...replace, '--jwt'), command('seed', ...replace)];
    }
  }
}
