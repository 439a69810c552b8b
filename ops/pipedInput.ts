import { OpsError } from './opsError';
import type { Streams } from './terminal';

/** Far above any JWT. */
const longestBytes = 256 * 1024;

/**
 * All of standard input, which has to be piped in: what is typed in a terminal would be shown.
 *
 * @throws OpsError `usage`
 */
export async function pipedInput({ stdin }: Streams): Promise<string> {
  if (stdin.isTTY) {
    throw new OpsError(
      'usage',
      'Standard input is a terminal, which would show what is typed. Pipe the input in, or leave ' +
        '--stdin out to be asked.',
    );
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.byteLength;
    if (bytes > longestBytes) throw new OpsError('usage', 'Standard input is too long.');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
