import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from './configurationError';
import { TokenRotationStack } from './rotationStack';
import { readSettings } from './settings';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  new TokenRotationStack(app, 'SfmcTokenRotator', {
    ...readSettings(app.node),
    description: 'Keeps Salesforce Marketing Cloud access tokens fresh in Secrets Manager',
  });
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
