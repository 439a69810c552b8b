import { App } from 'aws-cdk-lib';
import { ConfigurationError } from './configurationError';
import { addStacks } from './deployedStacks';

try {
  addStacks(new App());
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
