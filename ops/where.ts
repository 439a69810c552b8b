import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Context } from './context';
import type { Where } from './terminal/terminal';

/** So long a person waits for the account's number after a result or an error. */
const patienceMs = 3_000;

/** The account and Region that AWS is asked in, as far as they can be found out soon. */
export async function whereOf({ aws }: Pick<Context, 'aws'>): Promise<Where> {
  const [account, region] = await Promise.all([
    soon(async () => {
      const { Account = null } = await aws.sts.send(new GetCallerIdentityCommand({}));
      return Account;
    }),
    soon(() => aws.sts.config.region()),
  ]);
  return { account, region };
}

/** The Region alone, for an error that came of AWS not answering. */
export async function regionOf({ aws }: Pick<Context, 'aws'>): Promise<Where> {
  return { account: null, region: await soon(() => aws.sts.config.region()) };
}

async function soon<T>(find: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs);
  });
  try {
    return await Promise.race([find(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
