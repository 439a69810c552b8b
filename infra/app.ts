import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from './configurationError';
import { TokenRotationFleetStack } from './fleet/fleetStack';
import { TokenRotationStack } from './rotationStack';
import { readFleetSettings, readSettings } from './settings';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  const fleet = readFleetSettings(app.node);
  if (fleet) {
    new TokenRotationFleetStack(app, 'SfmcTokenRotatorFleet', {
      ...fleet,
      description: 'Keeps the access tokens of many Marketing Cloud connections fresh',
    });
  }
  // A fleet is a stack of its own: to switch it on must not take away what the other one has.
  if (!fleet || app.node.tryGetContext('connections') !== undefined) {
    new TokenRotationStack(app, 'SfmcTokenRotator', {
      ...readSettings(app.node),
      description: 'Keeps Salesforce Marketing Cloud access tokens fresh in Secrets Manager',
    });
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
