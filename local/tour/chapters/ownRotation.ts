import { randomUUID } from 'node:crypto';
import { expectEqual } from '../expectation';
import { describeCalls } from '../rotator';
import type { Story } from '../story';
import { connection } from '../world';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const purposes: Readonly<Record<(typeof steps)[number], string>> = {
  createSecret: 'refreshes into a version labelled AWSPENDING; readers still get AWSCURRENT',
  setSecret: 'has nothing to do: the provider made the tokens itself',
  testSecret: 'asks the provider whether it takes the pending access token',
  finishSecret: 'moves AWSCURRENT to the pending version, then takes AWSPENDING away',
};

export async function ownRotation(story: Story): Promise<void> {
  const { world, narrator } = story;
  narrator.chapter(
    "Secrets Manager's own rotation",
    '"Rotate secret immediately" in the console, and compliance rules that ask for a rotation ' +
      'schedule, go through four steps that the same function answers.',
  );
  await story.tickUntilDue();
  const { ARN: SecretId } = world.aws.secretsManager.describeSecret({
    SecretId: `sfmc/${connection}`,
  });
  const ClientRequestToken = randomUUID();
  for (const Step of steps) {
    await narrator.step(`${Step} ${purposes[Step]}.`, async () => {
      const invocation = await story.invoke('rotated', { Step, SecretId, ClientRequestToken });
      return `done [${describeCalls(invocation)}]`;
    });
  }
  await narrator.step('Secrets Manager looks at the labels that the four steps left.', async () => {
    const { VersionIdsToStages } = world.aws.secretsManager.describeSecret({ SecretId });
    expectEqual(
      'the labels of the new version',
      [...(VersionIdsToStages?.[ClientRequestToken] ?? [])],
      ['AWSCURRENT'],
    );
    return 'the new version is AWSCURRENT, and AWSPENDING is gone';
  });
}
