import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  TokenRotationFleet,
  type TokenRotationFleetProps,
} from '../../../infra/fleet/tokenRotationFleet';
import { account, code, idOf, type Json, projectApp, region } from '../support';

/** A fleet in a stack of its own, under a customer managed key if its ARN is given. */
export function fleetWith(props: Partial<TokenRotationFleetProps> = {}, customerKeyArn?: string) {
  const stack = new Stack(projectApp(), 'Stack', { env: { account, region } });
  const fleet = new TokenRotationFleet(stack, 'Fleet', {
    code,
    dispatcherCode: code,
    ...(customerKeyArn && { encryptionKey: Key.fromKeyArn(stack, 'Key', customerKeyArn) }),
    ...props,
  });
  return { stack, fleet, template: () => Template.fromStack(stack) };
}

/** The properties of the one resource of a type whose logical id includes `part`. */
export function propertiesOf(template: Template, type: string, part = ''): Json {
  return template.toJSON().Resources[idOf(template, type, part)].Properties;
}

export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
