import { Argument, type Command } from 'commander';
import type { RunCommand } from '../../command';
import { describeProgram, type Shell, scripts } from './scripts';

const help = `
It completes commands and options of "ops" and "sfmc-token-rotator", and calls nothing. From a clone,
define "ops" as a function, since zsh and fish complete what an alias stands for:
  bash, zsh: ops() { node PATH-TO-CLONE/dist/ops/main.cjs "$@"; }
  fish:      function ops; node PATH-TO-CLONE/dist/ops/main.cjs $argv; end

Examples:
  npm run ops -- completion bash > ~/.sfmc-completion.bash
  npm run ops -- completion zsh > ~/.sfmc-completion.zsh
  npm run ops -- completion fish > ~/.config/fish/completions/ops.fish

fish loads it by itself, bash and zsh by a line in ~/.bashrc or ~/.zshrc:
  source ~/.sfmc-completion.bash
  source ~/.sfmc-completion.zsh`;

/** With --json: `{"shell", "script"}`. */
export function addCompletionCommand(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .description('Print what completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .addHelpText('after', help)
    .action((shell: Shell, _options, command: Command) =>
      run(command, async ({ terminal }) => {
        const script = scripts[shell](describeProgram(program));
        terminal.result({ shell, script }, () => script.trimEnd().split('\n'));
        return 0;
      }),
    );
}
