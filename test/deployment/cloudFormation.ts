import type { Template } from './leftOut';
import type { Ministack } from './ministack';
import { query } from './query';

/** The stacks that there are. */
export async function stacksOf(server: Ministack): Promise<readonly string[]> {
  const answer = await query(server, 'cloudformation', 'DescribeStacks', {});
  return [...answer.matchAll(/<StackName>(.*?)<\/StackName>/g)].map(([, name = '']) => name).sort();
}

/** How many resources of each type a stack has. */
export async function resourcesOf(
  server: Ministack,
  stack: string,
): Promise<Readonly<Record<string, number>>> {
  const answer = await query(server, 'cloudformation', 'ListStackResources', { StackName: stack });
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
  const created = await query(server, 'cloudformation', 'CreateStack', {
    StackName: stack,
    TemplateBody: JSON.stringify(template),
  });
  if (created.includes('<Error>')) return created;
  for (;;) {
    const events = await query(server, 'cloudformation', 'DescribeStackEvents', {
      StackName: stack,
    });
    if (
      !/<StackStatus>\w+_IN_PROGRESS/.test(
        await query(server, 'cloudformation', 'DescribeStacks', { StackName: stack }),
      )
    ) {
      return events;
    }
  }
}
