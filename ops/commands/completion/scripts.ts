import type { Command, Option } from 'commander';

interface Described {
  readonly commands: readonly {
    readonly name: string;
    readonly description: string;
    readonly options: readonly Option[];
    /** Of its first argument. */
    readonly choices: readonly string[];
  }[];
  readonly globalOptions: readonly Option[];
}

export type Shell = keyof typeof scripts;

/** As a function that runs a clone is called, and as the installed package is. */
const programs = ['ops', 'sfmc-token-rotator'];

export function describeProgram(program: Command): Described {
  return {
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      options: command.options,
      choices: command.registeredArguments[0]?.argChoices ?? [],
    })),
    globalOptions: program.options,
  };
}

const flagsOf = (options: readonly Option[]) =>
  options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));

/** The names of commands and options are of letters and hyphens, so that nothing needs quoting. */
function bash({ commands, globalOptions }: Described): string {
  const names = commands.map(({ name }) => name);
  const options = [...commands.flatMap((each) => each.options), ...globalOptions];
  const withChoices = options.filter(({ argChoices }) => argChoices);
  const withValue = options.filter((option) => option.required && !option.argChoices);
  return `_sfmc_token_rotator() {
  local word=\${COMP_WORDS[COMP_CWORD]} command= words= each
  for each in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case $each in
      ${names.join('|')}) command=$each; break ;;
    esac
  done
  case \${COMP_WORDS[COMP_CWORD-1]} in
${withChoices
  .map(
    (option) =>
      `    ${flagsOf([option]).join('|')}) COMPREPLY=($(compgen -W '${option.argChoices?.join(' ')}' -- "$word")); return ;;`,
  )
  .join('\n')}
    ${flagsOf(withValue).join('|')}) COMPREPLY=(); return ;;
  esac
  case $command in
    '') words='${names.join(' ')}' ;;
${commands
  .map(
    (each) =>
      `    ${each.name}) words='${[...each.choices, ...flagsOf(each.options)].join(' ')}' ;;`,
  )
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words ${flagsOf(globalOptions).join(' ')} --help" -- "$word"))
}
complete -o default -F _sfmc_token_rotator ${programs.join(' ')}
`;
}

/** By zsh's own reading of what is written for bash. */
const zsh = (described: Described): string =>
  `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(described)}`;

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

function fishOption({ long, short, description, required, argChoices }: Option): string {
  return [
    ...(long ? [`-l ${long.slice(2)}`] : []),
    ...(short ? [`-s ${short.slice(1)}`] : []),
    ...(argChoices ? [`-xa ${quoted(argChoices.join(' '))}`] : required ? ['-x'] : []),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function fish({ commands, globalOptions }: Described): string {
  const lines = [
    '-f',
    ...commands.map(
      ({ name, description }) => `-n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(({ name, options, choices }) => {
      const seen = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
      return [
        ...(choices.length > 0 ? [`${seen} -a ${quoted(choices.join(' '))}`] : []),
        ...options.map((option) => `${seen} ${fishOption(option)}`),
      ];
    }),
    ...globalOptions.map(fishOption),
  ];
  const each = lines.map((line) => `  complete -c $program ${line}`).join('\n');
  return `for program in ${programs.join(' ')}\n${each}\nend\n`;
}

export const scripts = { bash, zsh, fish } satisfies Record<string, (of: Described) => string>;
