import type { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { RotationError } from '../../lambda/core/errors';
import { StoreFailure } from '../../lambda/effects/storeFailure';
import { awsFailure, clockProblem, clockRemedy, restoreCommand } from './awsFailure';
import { type ExitCode, exitCodes, OpsError } from './opsError';
import { printed, printedJson } from './printed';

/** How a command that was not carried out ends. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** A stable name, of the rotator's error if it is one. */
  readonly code: string;
  /** Undefined if nothing is left to print. */
  readonly message: string | undefined;
  /** About a command line that was not understood. */
  readonly isOfParser?: boolean;
  /** Where it was thrown, for a fault of this program. */
  readonly frames?: string;
}

/**
 * On standard error; with --json as `{"error":{"code","message"}}` on standard output. Where it was, if
 * that is known, is said as well.
 *
 * @param linesOf breaks a line as it fits into the terminal
 */
export function printFailure(
  failure: Failure,
  { stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable },
  json: boolean,
  where: { readonly account: string | null; readonly region: string | null } | undefined,
  linesOf: (text: string) => readonly string[],
): void {
  const { code, message, frames } = failure;
  if (frames) stderr.write(`${frames}\n`);
  if (message === undefined) return;
  if (json) {
    stdout.write(`${printedJson({ error: { code, message, ...where } })}\n`);
    return;
  }
  // The parser's own text has line breaks; what comes from elsewhere brings none.
  const lines = failure.isOfParser ? message.split('\n') : [message];
  for (const line of lines.flatMap(linesOf)) stderr.write(`${printed(line)}\n`);
  if (where === undefined) return;
  const { account, region } = where;
  const parts = [
    ...(account ? [`account ${account}`] : []),
    ...(region ? [`Region ${region}`] : []),
  ];
  if (parts.length > 0) stderr.write(`${printed(`(${parts.join(', ')})`)}\n`);
}

/** @param begun what became of what was begun, for one that was interrupted */
export function failureOf(thrown: unknown, begun = 'Nothing more was done.'): Failure {
  if (thrown instanceof CommanderError) return commandLineFailure(thrown);
  if (thrown instanceof RotationError) {
    const exitCode = rotationExitCodes[thrown.code] ?? exitCodes.attention;
    return { code: thrown.code, message: thrown.message, exitCode };
  }
  if (thrown instanceof StoreFailure) {
    const message = `${thrown.message}${remedyOf(thrown)}`;
    return { code: 'StoreUnavailable', message, exitCode: exitCodes.unavailable };
  }
  // The first two are what a prompt throws after Ctrl-C, or when it is aborted.
  if (
    thrown instanceof Error &&
    /^(ExitPromptError|AbortPromptError|Interrupted)$/.test(thrown.name)
  ) {
    const message = `Interrupted. ${begun}`;
    return { code: 'Interrupted', message, exitCode: exitCodes.interrupted };
  }
  const error = thrown instanceof OpsError ? thrown : awsFailure(thrown);
  if (error) {
    const code = codeNames[error.exitCode] ?? 'Failed';
    return { code, message: error.message, exitCode: error.exitCode };
  }
  // Its message was never meant to be shown, and may hold what was sent.
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    code: 'Failed',
    message: `This is a fault of the program (${name}): report it with the lines above.`,
    exitCode: exitCodes.failed,
    frames: framesOf(thrown),
  };
}

function remedyOf({ kind }: StoreFailure): string {
  if (kind === 'clock') return `: ${clockProblem}. ${clockRemedy}`;
  return kind === 'deleted' ? `. Take it back: ${restoreCommand('NAME')}` : '';
}

/** Values are left out: somebody may have put a secret on the command line. */
function commandLineFailure({ exitCode, code, message }: CommanderError): Failure {
  if (exitCode === 0) return { code: '', message: undefined, exitCode: 0 };
  const problem =
    code === 'commander.help'
      ? 'no command is given.'
      : message
          .replace(/^error: /, '')
          .replace(/(argument|value) '.*' is invalid/s, '$1 is invalid')
          .replace(/^(unknown option '[^=]*)=.*$/s, "$1'");
  return {
    code: 'Usage',
    message: `The command line was not understood: ${problem}\nAdd --help to see the commands and options.`,
    exitCode: exitCodes.usage,
    isOfParser: true,
  };
}

function framesOf(thrown: unknown): string {
  const lines = thrown instanceof Error ? (thrown.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}

const rotationExitCodes: Partial<Record<RotationError['code'], ExitCode>> = {
  InvalidConfig: exitCodes.usage,
  ProviderUnavailable: exitCodes.unavailable,
  StoreUnavailable: exitCodes.unavailable,
};

const codeNames: Partial<Record<ExitCode, string>> = {
  [exitCodes.usage]: 'Usage',
  [exitCodes.refused]: 'Refused',
  [exitCodes.attention]: 'Attention',
  [exitCodes.unavailable]: 'Unavailable',
};
