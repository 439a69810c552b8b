import type { Command } from 'commander';
import { parseConnectionName, parseSeconds, type RunCommand } from '../../command';
import { dryRunOption, printDryRun } from '../dryRun';
import {
  defaultTimeoutMs,
  formatRotation,
  type RotateResult,
  rotateExitCode,
} from './rotateResult';

const help = `
Sends a message to the queue that the connection's function is fed from, and follows the function's
log. It is taken up once what is under way for the connection has ended, and comes again every minute
while it fails, for 20 minutes.

Examples:
  npm run ops -- rotate example
  npm run ops -- rotate example --force --timeout 60`;

interface RotateCommandOptions {
  readonly force?: true;
  readonly timeout: number;
  readonly watch?: true;
  readonly dryRun?: true;
}

/** With --json: a {@link RotateResult}. */
export function addRotateCommand(program: Command, run: RunCommand): void {
  program
    .command('rotate')
    .description("Refresh a connection's token now, and watch it")
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--force', 'rotate though the token is fresh')
    .option(
      '--timeout <seconds>',
      'how long to watch; the rotation goes on',
      parseSeconds(1),
      defaultTimeoutMs / 1_000,
    )
    .option('--watch', 'go on showing what the function logs about it, until Ctrl-C')
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action((name: string, options: RotateCommandOptions, command: Command) =>
      run(command, async (context) => {
        const { force = false, timeout, watch = false } = options;
        const { rotate, rotationPlan } = await import('./rotate');
        if (options.dryRun) {
          return printDryRun(context, name, await rotationPlan(context, name, force));
        }
        const result = await rotate(context, name, { force, timeoutMs: timeout * 1_000, watch });
        context.terminal.result(result, () => formatRotation(result, context, force));
        return rotateExitCode(result);
      }),
    );
}
