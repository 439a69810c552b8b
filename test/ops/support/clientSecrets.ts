import type { OpsWorld } from './opsWorld';

const minuteMs = 60_000;

/** A parameter's value, by the last part of its name. */
export const parameter = (world: OpsWorld, leaf: string) =>
  world.aws.parameterStore.getParameters({ Names: [`/sfmc/acme/${leaf}`], WithDecryption: true })
    .Parameters[0]?.Value;

/** What was written or deleted by request, in order. */
export const writes = ({ aws }: OpsWorld) =>
  aws.calls
    .filter(({ operation }) => /^(Put|Delete)/.test(operation))
    .map(({ operation, names }) => `${operation} ${names[0]}`);

/** A client secret that Marketing Cloud takes beside the present one. */
export function stagedAtProvider(world: OpsWorld): string {
  const secret = world.nextSecret();
  const { model, clock } = world.provider;
  model.clientSecrets.stage(secret, clock.now() - 5 * minuteMs);
  return secret;
}
