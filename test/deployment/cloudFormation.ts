import type { Template } from './leftOut';
import type { Ministack } from './ministack';

/** Calls CloudFormation, whose client is none of the project's dependencies. */
async function call(
  { url, region }: Ministack,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    // The emulator tells the service from it, and checks no signature.
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...parameters }),
    signal: AbortSignal.timeout(120_000),
  });
  return response.text();
}

/** The stacks that there are. */
export async function stacksOf(server: Ministack): Promise<readonly string[]> {
  const answer = await call(server, 'DescribeStacks', {});
  return [...answer.matchAll(/<StackName>(.*?)<\/StackName>/g)].map(([, name = '']) => name).sort();
}

/** How many resources of each type a stack has. */
export async function resourcesOf(
  server: Ministack,
  stack: string,
): Promise<Readonly<Record<string, number>>> {
  const answer = await call(server, 'ListStackResources', { StackName: stack });
  const counts: Record<string, number> = {};
  for (const [, type = ''] of answer.matchAll(/<ResourceType>(.*?)<\/ResourceType>/g)) {
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** What CloudFormation says of a template that it does not make. */
export async function refusalOf(
  server: Ministack,
  stack: string,
  template: Template,
): Promise<string> {
  const created = await call(server, 'CreateStack', {
    StackName: stack,
    TemplateBody: JSON.stringify(template),
  });
  if (created.includes('<Error>')) return created;
  for (;;) {
    const events = await call(server, 'DescribeStackEvents', { StackName: stack });
    if (
      !/<StackStatus>\w+_IN_PROGRESS/.test(
        await call(server, 'DescribeStacks', { StackName: stack }),
      )
    ) {
      return events;
    }
  }
}
