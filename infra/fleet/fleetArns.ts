import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { connectionNames } from '../../lambda/core/names';

/** A secret or secrets by name; `*` and `?` stand for any characters and for one. */
export const secretArn = (stack: Stack, name: string) =>
  stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/**
 * A connection's secret. Secrets Manager adds a hyphen and six characters to the name (Secrets
 * Manager user guide, "Permissions policy examples").
 */
export const connectionsSecretArn = (stack: Stack, connection: string) =>
  secretArn(stack, `${connectionNames(connection).secret}-??????`);
