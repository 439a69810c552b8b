import { type App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { TokenRotationFleetStack } from './fleet/fleetStack';
import { TokenRotationStack } from './rotationStack';
import { readFleetSettings, readSettings, settingNames } from './settings';
import { readWithNames, warnOfMisspeltContext } from './warnings';

/**
 * Adds the stacks that the app's context asks for, and the checks of cdk-nag.
 *
 * @throws ConfigurationError that names the setting and the remedy.
 */
export function addStacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const settingsBy = <Read>(read: (node: App['node']) => Read) =>
    readWithNames(app.node, settingNames, () => read(app.node));
  const fleet = settingsBy(readFleetSettings);
  if (fleet) {
    const { shard, ...props } = fleet;
    const id = 'SfmcTokenRotatorFleet';
    new TokenRotationFleetStack(app, id, {
      ...props,
      ...(shard === undefined ? {} : { stackName: `${id}-${shard}` }),
      description: 'Keeps the access tokens of many Marketing Cloud connections fresh',
    });
  }
  // A fleet is a stack of its own: to switch it on must not take away what the other one has.
  if (!fleet || app.node.tryGetContext('connections') !== undefined) {
    new TokenRotationStack(app, 'SfmcTokenRotator', {
      ...settingsBy(readSettings),
      description: 'Keeps Salesforce Marketing Cloud access tokens fresh in Secrets Manager',
    });
  }
  for (const stack of app.node.children) {
    if (stack instanceof Stack) warnOfMisspeltContext(stack, settingNames);
  }
}
