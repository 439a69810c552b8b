import type { Reading } from '../../connection/reading';
import type { Leftover } from '../../connection/registry';
import type { Terminal } from '../../terminal/terminal';
import { wrap } from '../../terminal/text';

/** What is left of connections without a config, and what to do about it. */
export function formatLeftovers(
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
