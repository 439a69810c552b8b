import { confirm, input, password } from '@inquirer/prompts';
import { Redacted } from '../../lambda/core/redacted';
import { decodeText, trimTyped } from '../../lambda/core/validate';
import { OpsError } from '../failures/opsError';
import { printed } from '../failures/printed';
import type { Streams, Terminal } from './terminal';

/** Questions to the person at the terminal, asked on standard error so that results stay clean. */
export class Prompts {
  constructor(private readonly streams: Streams) {}

  get isPossible(): boolean {
    return this.streams.stdin.isTTY === true;
  }

  /** Something typed or pasted that is not shown, not even its length. Undefined for just Enter. */
  async secret(question: string, elsewhere: string): Promise<Redacted | undefined> {
    const typed = trimTyped(
      await password({ message: printed(question) }, this.context(elsewhere)),
    );
    return typed === '' ? undefined : new Redacted(typed);
  }

  /** Something that may be seen. Undefined for just Enter. */
  async text(question: string, elsewhere: string): Promise<string | undefined> {
    const typed = trimTyped(await input({ message: printed(question) }, this.context(elsewhere)));
    return typed === '' ? undefined : typed;
  }

  /** Yes or no; Enter means no. */
  async confirm(question: string, elsewhere: string): Promise<boolean> {
    return confirm({ message: printed(question), default: false }, this.context(elsewhere));
  }

  /** The code that an MFA device shows. */
  async mfaCode(device: string): Promise<string> {
    const elsewhere =
      `the profile wants a code of the MFA device ${device} (mfa_serial). Run the command in a ` +
      'terminal, or take a profile with credentials of a session, such as "aws sts get-session-token" gives';
    return trimTyped(
      await input(
        { message: printed(`Code of the MFA device ${device}:`) },
        this.context(elsewhere),
      ),
    );
  }

  /** @param elsewhere how else the answer can be given. */
  private context(elsewhere: string) {
    if (!this.isPossible) {
      throw new OpsError('usage', `Standard input is not a terminal: ${elsewhere}.`);
    }
    return { input: this.streams.stdin, output: this.streams.stderr };
  }
}

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
  return decodeText(Buffer.concat(chunks));
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ctrlC = '\u0003';

/**
 * Lets an effect be seen through: until it is settled, Ctrl-C, a closed terminal and a request to
 * end are only answered by `refusal`. In a terminal Ctrl-C is taken as a key, since npm,
 * around this program, would end it on the signal. What else is typed or was pasted too much meanwhile
 * is dropped, so that no secret lands in the shell's next line.
 */
export async function uninterruptible<T>(
  { terminal }: { readonly terminal: Terminal },
  refusal: string,
  effect: () => Promise<T>,
): Promise<T> {
  const { stdin } = terminal.streams;
  const refuse = () => terminal.progress(refusal);
  const look = (chunk: Buffer | string) => {
    if (chunk.toString().includes(ctrlC)) refuse();
  };
  const letGo = terminal.hold();
  for (const signal of signals) process.on(signal, refuse);
  if (stdin.isTTY) {
    stdin.setRawMode?.(true);
    stdin.on('data', look).resume();
  }
  try {
    return await effect();
  } finally {
    if (stdin.isTTY) {
      stdin.off('data', look).pause();
      stdin.setRawMode?.(false);
    }
    for (const signal of signals) process.off(signal, refuse);
    letGo();
  }
}
