import { GetParameterCommand } from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import { type FleetParameter, fleetParameterName } from '../../lambda/core/names';
import { objectOf, parseJson, requiredText, validate } from '../../lambda/core/validate';
import type { AwsClients } from '../awsClients';
import { isMissing } from '../failures/awsFailure';
import { attempt, type Reading, unread } from './reading';

/** The fleet of the Region; its value is undefined where there is none. */
export type FleetReading = Reading<FleetParameter | undefined>;

const schema = objectOf({
  rotatorArn: requiredText,
  dispatcherArn: requiredText,
  queueUrl: requiredText,
  scheduleName: requiredText,
  kmsKeyArn: v.optional(requiredText),
});

/** How the stack of a fleet is deployed. */
export const deployFleet = 'npx cdk deploy -c fleet=true SfmcTokenRotatorFleet';

/** Asks once, when somebody first wants to know. */
export function fleetReader({ ssm }: Pick<AwsClients, 'ssm'>): () => Promise<FleetReading> {
  let reading: Promise<FleetReading> | undefined;
  return () => {
    reading ??= readFleet(ssm);
    return reading;
  };
}

async function readFleet(ssm: AwsClients['ssm']): Promise<FleetReading> {
  const text = await attempt('ssm:GetParameter', async () => {
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: fleetParameterName }));
      return Parameter?.Value ?? '';
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  });
  if (!text.known || text.value === undefined) return text as FleetReading;
  const json = parseJson(text.value);
  const fleet = json.ok ? validate(schema, json.value) : json;
  if (!fleet.ok) {
    return unread(
      `The parameter ${fleetParameterName} does not tell where the fleet is: deploy the fleet ` +
        `(${deployFleet}).`,
    );
  }
  const { kmsKeyArn, ...rest } = fleet.value;
  return { known: true, value: { ...rest, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) } };
}
