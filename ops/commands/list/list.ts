import { attempt, known, type Reading } from '../../connection/reading';
import {
  findConnections,
  findSecureParameters,
  type Leftover,
  leftoversOf,
} from '../../connection/registry';
import type { Context } from '../../context';
import type { Terminal } from '../../terminal/terminal';
import { wrap } from '../../terminal/text';

/** Every connection of the Region, and what is left of others. */
export async function list(context: Context): Promise<void> {
  const [connections, secure] = await Promise.all([
    findConnections(context),
    attempt('ssm:DescribeParameters', () => findSecureParameters(context)),
  ]);
  const leftovers = secure.known ? known(leftoversOf(secure.value, connections)) : secure;
  context.terminal.result(
    { connections, leftovers: leftovers.known ? leftovers.value : null },
    () => [
      ...(connections.length > 0
        ? context.terminal.table(
            ['connection', 'authBaseUrl', 'clientId', 'onBrokenChain'],
            connections.map(({ name, config }) => [
              name,
              config?.authBaseUrl ?? 'its config is not valid',
              config?.clientId ?? '',
              config?.onBrokenChain ?? '',
            ]),
          )
        : ['There is no connection in this Region.']),
      ...formatLeftovers(leftovers, context.terminal),
    ],
    { hasHeader: true },
  );
}

/** What is left of connections without a config, and what to do about it. */
function formatLeftovers(
  leftovers: Reading<readonly Leftover[]>,
  { width }: Pick<Terminal, 'width'>,
): string[] {
  if (!leftovers.known) {
    return [
      '',
      ...wrap(`Whether anything is left without a config is not known. ${leftovers.why}`, width),
    ];
  }
  if (leftovers.value.length === 0) return [];
  const lines = leftovers.value.map(
    ({ name, parameters }) =>
      `Without a config: ${name} (${parameters.join(', ')}). Removed in part: "npm run ops -- remove ` +
      `${name}" goes on; made in part: seed it again.`,
  );
  return ['', ...lines.flatMap((line) => wrap(line, width))];
}
