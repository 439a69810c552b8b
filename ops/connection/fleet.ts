import { GetParameterCommand } from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import { type FleetParameter, fleetParameterName } from '../../lambda/core/names';
import { objectOf, parseJson, requiredText, validate } from '../../lambda/core/validate';
import type { AwsClients } from '../awsAccess';
import { isNotFound } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';

const schema = objectOf({
  rotatorArn: requiredText,
  dispatcherArn: requiredText,
  queueUrl: requiredText,
  scheduleName: requiredText,
  kmsKeyArn: v.optional(requiredText),
});

/** How the stack of a fleet is deployed. */
export const deployFleetCommand = 'npx cdk deploy -c fleet=true SfmcTokenRotatorFleet';

/**
 * Undefined if there is no fleet in the Region.
 *
 * @throws what AWS answers; OpsError `unavailable` for a parameter that cannot be understood
 */
export async function readFleet({
  ssm,
}: Pick<AwsClients, 'ssm'>): Promise<FleetParameter | undefined> {
  const text = await readFleetParameter(ssm);
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const fleet = json.ok ? validate(schema, json.value) : json;
  if (!fleet.ok) {
    throw new OpsError(
      'unavailable',
      `The parameter ${fleetParameterName} does not say where the fleet is: deploy the fleet ` +
        `(${deployFleetCommand}).`,
    );
  }
  const { kmsKeyArn, ...rest } = fleet.value;
  return { ...rest, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

async function readFleetParameter(ssm: AwsClients['ssm']): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: fleetParameterName }));
    return Parameter?.Value ?? '';
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}
