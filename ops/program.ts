import { Command, CommanderError } from 'commander';
import { RotationError } from '../lambda/core/errors';
import { StoreFailure } from '../lambda/effects/storeFailure';
import { awsFailure } from './awsFailure';
import { addListCommand } from './commands/list';
import { type Context, createContext, type GlobalOptions, type Surroundings } from './context';
import { type ExitCode, exitCodes } from './exitCodes';
import { OpsError } from './opsError';
import type { Streams } from './terminal';

const exitCodeHelp = `
Exit codes:
  0    done, and nothing needs attention
  1    a fault of this program
  2    the command line was not understood, or something it needs was not given
  3    nothing was changed: it would do harm, or what was given does not work
  4    done; what was found or set off needs attention
  5    AWS or the provider could not be reached, or denied access
  130  interrupted

Examples:
  npm run ops -- list
  npm run ops -- status example --profile production --region eu-west-1
  npm run ops -- doctor example --json`;

/** Performs a command's action in the context that its options describe, and keeps its exit code. */
export type Run = (
  command: Command,
  action: (context: Context) => Promise<ExitCode>,
) => Promise<void>;

const commands = [addListCommand];

/**
 * Runs one command line, without the program's own name, to its exit code. What is thrown is told
 * on standard error; with --json as `{"error":{"code","message"}}` on standard output.
 */
export async function runOps(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const { streams } = around;
  let exitCode: ExitCode = 0;
  const program = createProgram(streams);
  const run: Run = async (command, action) => {
    exitCode = await action(createContext(command.optsWithGlobals<GlobalOptions>(), around));
  };
  for (const addCommand of commands) addCommand(program, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodes.usage;
    return tell(thrown, streams, program.opts<GlobalOptions>().json === true);
  }
}

function createProgram({ stdout, stderr }: Streams): Command {
  return new Command('ops')
    .description(
      'Looks after the Marketing Cloud connections whose tokens the rotator keeps fresh.\n' +
        'No secret is ever taken from the command line, and none is printed.',
    )
    .option('--profile <name>', 'profile of the AWS configuration, as in the AWS CLI')
    .option('--region <region>', 'AWS Region, as in the AWS CLI')
    .option('--endpoint-url <url>', 'where all AWS calls go, as in the AWS CLI')
    .option('--local', 'use the endpoints of "npm run aws-local" on port 4566')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', exitCodeHelp)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })
    .showHelpAfterError('Add --help to see what is understood.')
    .exitOverride();
}

function tell(thrown: unknown, { stdout, stderr }: Streams, json: boolean): ExitCode {
  const { code, message, exitCode } = explain(thrown);
  if (exitCode === exitCodes.failed) stderr.write(`${framesOf(thrown)}\n`);
  if (json) stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
  else stderr.write(`${message}\n`);
  return exitCode;
}

function explain(thrown: unknown): { code: string; message: string; exitCode: ExitCode } {
  if (thrown instanceof RotationError) {
    const exitCode = rotationExitCodes[thrown.code] ?? exitCodes.attention;
    return { code: thrown.code, message: thrown.message, exitCode };
  }
  if (thrown instanceof StoreFailure) {
    const { message } = thrown;
    return { code: 'StoreUnavailable', message, exitCode: exitCodes.unavailable };
  }
  // What a prompt throws after Ctrl-C, or when it is aborted.
  if (thrown instanceof Error && /^(Exit|Abort)PromptError$/.test(thrown.name)) {
    const message = 'Interrupted. Nothing more was done.';
    return { code: 'Interrupted', message, exitCode: exitCodes.interrupted };
  }
  const error = thrown instanceof OpsError ? thrown : awsFailure(thrown);
  if (error) {
    const code = codeNames[error.exitCode] ?? 'Failed';
    return { code, message: error.message, exitCode: error.exitCode };
  }
  // Its message was never meant to be shown, and may hold what was sent.
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const message = `This is a fault of the program (${name}): report it with the lines above.`;
  return { code: 'Failed', message, exitCode: exitCodes.failed };
}

/** Where it was thrown, without its message. */
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
