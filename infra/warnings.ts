import { Annotations, Aspects, Stack, Token } from 'aws-cdk-lib';
import { CfnSubscription, type Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct, Node } from 'constructs';
import leven from 'leven';
import { ConfigurationError } from './configurationError';

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
  // Without a Region of its own, a stack is deployed into that of the CDK's program.
  const home = Token.isUnresolved(Stack.of(scope).region)
    ? process.env.CDK_DEFAULT_REGION
    : undefined;
  for (const { name, authBaseUrl, clientId, replicaRegions } of connections) {
    const placeholders = [authBaseUrl, clientId].filter((text) => placeholder.test(text));
    if (placeholders.length > 0) {
      annotations.addWarningV2(
        id(`placeholder-${name}`),
        `Connection "${name}" has a placeholder, ${placeholders.join(' and ')}: write what the ` +
          'installed package has.',
      );
    }
    if (home !== undefined && replicaRegions.includes(home)) {
      annotations.addWarningV2(id(`replica-${name}`), `${replicaAtHome(name, home)}.`);
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

export const replicaAtHome = (name: string, region: string) =>
  `Connection "${name}": replicaRegions has ${region}, where the secret itself is: take it out`;

export function warnOfConcurrency(
  scope: Construct,
  { concurrency, reservedConcurrency }: Pick<Doubtful, 'concurrency' | 'reservedConcurrency'>,
): void {
  const annotations = Annotations.of(scope);
  if (reservedConcurrency !== undefined) {
    annotations.addWarningV2(
      id('reservedConcurrency'),
      `reservedConcurrency of ${reservedConcurrency} needs an account limit of concurrent executions of ` +
        `${reservedConcurrency + unreservedConcurrency} at least, or the deployment fails; a new ` +
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
const placeholder =
  /(?<![a-z0-9])(SUBDOMAIN|CLIENT[-_]?ID|CHANGE[-_]?ME|TODO|X{3,})(?![a-z0-9])|(?<![a-z0-9])YOUR[-_]|[<>{}]/i;

/** Names that belong to nobody (RFC 2606): what is sent there reaches no one. */
const exampleHost = /[@./]example\.(com|net|org)(?![\w.-])/i;

/** Settings of the monitoring that stand as the documents write them. */
export function warnOfExamples(
  scope: Construct,
  settings: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || !exampleHost.test(value)) continue;
    Annotations.of(scope).addWarningV2(
      id(`placeholder-${name}`),
      `${name} is ${value}, a placeholder: whoever gets an alarm reaches nobody by it.`,
    );
  }
}

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

export function warnOfMisspeltContext(stack: Stack, names: readonly string[]): void {
  for (const [name, problem] of misspeltIn(stack.node, names)) {
    Annotations.of(stack).addWarningV2(id(`context-${name}`), problem);
  }
}

/**
 * Reads settings; what is missing or wrong may stand under a misspelt name.
 *
 * @throws ConfigurationError that names those as well
 */
export function readWithNames<Read>(node: Node, names: readonly string[], read: () => Read): Read {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    const misspelt = [...misspeltIn(node, names).values()];
    throw new ConfigurationError([thrown.message, ...misspelt].join('\n'));
  }
}

/** Names in the context that nothing reads, and that are nearly one which is read: what to say of each. */
function misspeltIn(node: Node, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of Object.keys(node.getAllContext())) {
    if (names.includes(name) || /[:/@]/.test(name)) continue;
    const [nearest] = names
      .map((known) => ({ known, distance: leven(plain(name), plain(known)) }))
      .sort((one, other) => one.distance - other.distance);
    if (nearest === undefined || nearest.distance > longestSlip) continue;
    found.set(name, `"${name}" in the context is not read: did you mean ${nearest.known}?`);
  }
  return found;
}

/** Without what distinguishes `alarm_email` from `alarmEmail`. */
const plain = (name: string) => name.replace(/[-_]/g, '').toLowerCase();
