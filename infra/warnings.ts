import { Annotations, Aspects, Stack } from 'aws-cdk-lib';
import { CfnSubscription, type Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import leven from 'leven';

const id = (name: string) => `sfmc-token-rotator:${name}`;

/** What a new account may be limited to (Lambda developer guide, "Lambda quotas"). */
const smallAccountConcurrency = 10;
/** What Lambda keeps unreserved (Lambda developer guide, "Configuring reserved concurrency"). */
const unreservedConcurrency = 100;
/** Letters that are left out, added or wrong; two that are swapped count as two. */
const longestSlip = 2;

export interface Doubtful {
  readonly connections: readonly {
    readonly name: string;
    readonly authBaseUrl: string;
    readonly clientId: string;
    readonly replicaRegions: readonly string[];
  }[];
  readonly concurrency: number;
  readonly reservedConcurrency?: number;
  readonly existingSecrets?: readonly string[];
}

/** Warns at synthesis of what the deployment would refuse, or what would not work after it. */
export function warnOfDoubtfulSettings(scope: Construct, doubtful: Doubtful): void {
  const { connections, existingSecrets = [] } = doubtful;
  const annotations = Annotations.of(scope);
  for (const { name, authBaseUrl, clientId, replicaRegions } of connections) {
    const placeholders = [authBaseUrl, clientId].filter((text) => placeholder.test(text));
    if (placeholders.length > 0) {
      annotations.addWarningV2(
        id(`placeholder-${name}`),
        `Connection "${name}" has a placeholder, ${placeholders.join(' and ')}: write what the ` +
          'installed package has.',
      );
    }
    if (existingSecrets.includes(name) && replicaRegions.length > 0) {
      annotations.addWarningV2(
        id(`existingReplicas-${name}`),
        `Connection "${name}": its secret is taken over as it is, replicaRegions change nothing: ` +
          'replicate it with "aws secretsmanager replicate-secret-to-regions".',
      );
    }
  }
  warnOfConcurrency(scope, doubtful);
}

export function warnOfConcurrency(
  scope: Construct,
  { concurrency, reservedConcurrency }: Pick<Doubtful, 'concurrency' | 'reservedConcurrency'>,
): void {
  const annotations = Annotations.of(scope);
  if (reservedConcurrency !== undefined) {
    annotations.addWarningV2(
      id('reservedConcurrency'),
      `reservedConcurrency of ${reservedConcurrency} needs an account limit of concurrent executions of ` +
        `${reservedConcurrency + unreservedConcurrency} at the least, or the deployment fails; a new ` +
        `account may have ${smallAccountConcurrency}. See "aws lambda get-account-settings". Nothing ` +
        'here needs a reservation.',
    );
  } else if (concurrency > smallAccountConcurrency) {
    annotations.addInfo(
      `Up to ${concurrency} rotations run at a time. Of an account that is limited to ` +
        `${smallAccountConcurrency} concurrent executions, as new ones may be, Lambda would throttle ` +
        'the rest: see "aws lambda get-account-settings".',
    );
  }
}

/** As the documents and the examples write them. */
const placeholder = /\bSUBDOMAIN\b|\bCLIENT-?ID\b|\bYOUR[-_]/i;

/** Looks once the whole app is there: somebody may subscribe to the topic wherever it is passed to. */
export function warnOfMissingSubscription(topic: Topic): void {
  Aspects.of(topic).add({
    visit(node) {
      if (node !== topic) return;
      const { root } = topic.node;
      const subscribed = root.node
        .findAll()
        .some((each) => each instanceof CfnSubscription && isOfTopic(each));
      if (subscribed) return;
      Annotations.of(topic).addWarningV2(
        id('noSubscriber'),
        'Nobody is subscribed to the topic of the alarms: set alarmEmail, or subscribe to the output ' +
          'AlarmTopicArn and acknowledge this warning.',
      );
    },
  });
  const arnOf = (arn: string) => JSON.stringify(Stack.of(topic).resolve(arn));
  // The ARN of a topic in another account or Region cannot be resolved here.
  const isOfTopic = (subscription: CfnSubscription) =>
    subscription.topicArn === topic.topicArn ||
    (Stack.of(subscription).environment === Stack.of(topic).environment &&
      arnOf(subscription.topicArn) === arnOf(topic.topicArn));
}

/** Names in the context that nothing reads, and that are nearly one which is read. */
export function warnOfMisspeltContext(stack: Stack, names: readonly string[]): void {
  for (const name of Object.keys(stack.node.getAllContext())) {
    if (names.includes(name) || /[:/@]/.test(name)) continue;
    const [nearest] = names
      .map((known) => ({ known, distance: leven(name.toLowerCase(), known.toLowerCase()) }))
      .sort((one, other) => one.distance - other.distance);
    if (nearest === undefined || nearest.distance > longestSlip) continue;
    Annotations.of(stack).addWarningV2(
      `sfmc-token-rotator:context-${name}`,
      `"${name}" in the context is not read: did you mean ${nearest.known}?`,
    );
  }
}
