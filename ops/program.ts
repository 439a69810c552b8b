import { Command, Option } from 'commander';
import { version } from '../package.json';
import { parseEndpointUrl, parseRegion, type RunCommand } from './command';
import { addCompletionCommand } from './commands/completion/command';
import { addDoctorCommand } from './commands/doctor/command';
import { addListCommand } from './commands/list/command';
import { addPromoteSecretCommand } from './commands/promote-secret/command';
import { addRecoverCommand } from './commands/recover/command';
import { addRekeyCommand } from './commands/rekey/command';
import { addRemoveCommand } from './commands/remove/command';
import { addRotateCommand } from './commands/rotate/command';
import { addSeedCommand } from './commands/seed/command';
import { addStageSecretCommand } from './commands/stage-secret/command';
import { addStatusCommand } from './commands/status/command';
import { addUnstageSecretCommand } from './commands/unstage-secret/command';
import type { Context, GlobalOptions, Surroundings } from './context';
import { type Failure, failureOf, printFailure } from './failures/failure';
import { type ExitCode, exitCodes } from './failures/opsError';
import { named } from './failures/printed';
import { columnsOf, type Streams } from './terminal/terminal';
import { fitted, fittedHelp } from './terminal/text';

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

const commands = [
  addListCommand,
  addStatusCommand,
  addDoctorCommand,
  addSeedCommand,
  addRotateCommand,
  addStageSecretCommand,
  addPromoteSecretCommand,
  addUnstageSecretCommand,
  addRekeyCommand,
  addRecoverCommand,
  addRemoveCommand,
  addCompletionCommand,
];

/**
 * Runs one command line, without the program's own name, to its exit code. What is thrown is printed
 * on standard error; with --json as `{"error":{"code","message"}}` on standard output.
 */
export async function runOps(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const { streams } = around;
  let exitCode: ExitCode = 0;
  let context: Context | undefined;
  const program = createProgram(streams);
  const run: RunCommand = async (command, action) => {
    // What a command works with takes a while to load, and help needs none of it.
    const [{ createContext }, { whereOf }, { untilInterrupted }] = await Promise.all([
      import('./context'),
      import('./where'),
      import('./terminal/interruption'),
    ]);
    const made = createContext(command.optsWithGlobals<GlobalOptions>(), around);
    context = made;
    await untilInterrupted(made.terminal, async () => {
      exitCode = await action(made);
      await made.terminal.printResult(() => whereOf(made));
    });
  };
  for (const addCommand of commands) addCommand(program, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    const failure = failureOf(thrown, context?.terminal.begun);
    const where = await whereFailed(context, failure);
    const columns = columnsOf(streams.stderr);
    printFailure(failure, streams, wantsJson(argv), where, (text) => fitted(text, columns));
    return failure.exitCode;
  }
}

/** Looked for by hand: the parser may have stopped before it. */
const wantsJson = (argv: readonly string[]) =>
  argv.some(
    (word, at) =>
      word === '--json' ||
      /^(-o|--output=)json$/.test(word) ||
      (word === 'json' && /^(-o|--output)$/.test(argv[at - 1] ?? '')),
  );

async function whereFailed(context: Context | undefined, { exitCode, message }: Failure) {
  if (context === undefined || message === undefined) return undefined;
  if (exitCode === exitCodes.interrupted) return undefined;
  const { regionOf, whereOf } = await import('./where');
  // Nobody is there who could name the account.
  const isUnanswered = /could not be reached|no credentials|mfa_serial/.test(message);
  return isUnanswered ? regionOf(context) : whereOf(context);
}

/** Examples are to be typed, and npm would print a banner into what is piped on. */
const namedExamples = (text: string) =>
  named(text).replaceAll('npm run ops --', 'npm run --silent ops --');

function createProgram({ stdout, stderr }: Streams): Command {
  return new Command('ops')
    .description(
      'Looks after the Marketing Cloud connections whose tokens the rotator keeps fresh.\n' +
        'No secret is ever taken from the command line, and none is printed.',
    )
    .version(version)
    .option('--profile <name>', 'profile of the AWS configuration, as in the AWS CLI')
    .option('--region <region>', 'AWS Region, as in the AWS CLI', parseRegion)
    .option('--endpoint-url <url>', 'where all AWS calls go, as in the AWS CLI', parseEndpointUrl)
    .option('--local', 'use the endpoints of "npm run demo" on port 4566')
    .addOption(
      new Option('-o, --output <format>', 'how to print the result').choices([
        'table',
        'json',
        'name',
      ]),
    )
    .option('--json', 'print the result as one JSON document: -o json')
    .addHelpText('after', exitCodeHelp)
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => stdout.write(fittedHelp(namedExamples(text), columnsOf(stdout))),
      writeErr: (text) => stderr.write(fittedHelp(namedExamples(text), columnsOf(stderr))),
      getOutHelpWidth: () => columnsOf(stdout) ?? 80,
      getErrHelpWidth: () => columnsOf(stderr) ?? 80,
      // Printed as every other failure is.
      outputError: () => {},
    })
    .exitOverride();
}
