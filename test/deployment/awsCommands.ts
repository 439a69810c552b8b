import { pages } from '../docs/markdown';

/** What the documents have the AWS CLI do. */
interface Script {
  /** Of the page. */
  readonly path: string;
  readonly text: string;
}

/** A command that is whole, and not the beginning of one. */
const isWhole = (span: string) => /^aws [a-z-]+ [a-z-]+ .*--(secret-id|name) \S+/.test(span);

/** One for each page, since a later block uses what an earlier one has set. */
export const awsScripts: readonly Script[] = pages
  .map(({ path, blocks, spans }) => {
    const commands = [
      ...blocks.filter(({ language }) => language === 'bash').map(({ code }) => code),
      ...spans.filter(isWhole),
    ].filter((command) => /(^|\()aws /m.test(command) && !/^(git|npx|curl)/m.test(command));
    return { path, text: commands.join('\n').replace(/^npm .*$/gm, '') };
  })
  .filter(({ text }) => text !== '');

/** A script of commands with something in the place of what a reader has to write. */
export function filled({ text }: Script, values: Readonly<Record<string, string>>): string {
  const whole = (placeholder: string) => new RegExp(`(?<![A-Z-])${placeholder}(?![A-Z-])`, 'g');
  return Object.entries(values).reduce(
    (so, [placeholder, value]) => so.replace(whole(placeholder), value),
    text,
  );
}

/**
 * Before a script: names each command that fails, and has the CLI ask the endpoint for SQS too, which its
 * first version does only if the command line says so. What it writes to is a pipe, as in a terminal it
 * would be something that can be opened.
 */
export const preamble = `
exec > >(cat) 2>&1
set -o pipefail
trap 'echo "FAILED: $BASH_COMMAND"' ERR
mkdir -p bin
printf '#!/bin/sh\\nexec "%s" --endpoint-url "$AWS_ENDPOINT_URL" "$@"\\n' "$(command -v aws)" > bin/aws
chmod +x bin/aws
PATH="$PWD/bin:$PATH"
`;
