import { type Check, type Finding, fail, ok, skip } from './check';
import type { Observed } from './observe';

export type HostAnswer = { readonly url: string } & (
  | { readonly status: number }
  | { readonly problem: string }
);

const timeoutMs = 5_000;

/** Whether a host answers at all. It is sent nothing but a plain request. */
export async function reachHost(url: string): Promise<HostAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    return { url, status: response.status };
  } catch (thrown) {
    return { url, problem: problemOf(thrown) };
  }
}

function problemOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no answer';
  if (thrown.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { code } = (thrown.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
}

export function hostChecks({ authHost, restHost }: Observed): Check[] {
  return [
    { id: 'auth-host', title: 'auth host', ...hostFinding(authHost, 'The config is not known.') },
    { id: 'rest-host', title: 'REST host', ...hostFinding(restHost, 'Its address is not known.') },
  ];
}

function hostFinding(answer: HostAnswer | undefined, unknown: string): Finding {
  if (answer === undefined) return skip(unknown);
  const { url } = answer;
  if ('status' in answer) return ok(`${url} answers (HTTP ${answer.status})`);
  return fail(
    `${url} does not answer: ${answer.problem}.`,
    'Check the address, DNS and proxies here; the rotator may see another network. Then ' +
      'trust.salesforce.com.',
  );
}
