import { randomUUID } from 'node:crypto';
import { expectEqual } from '../expectation';
import { describeCalls } from '../rotator';
import type { Story } from '../story';
import { connection } from '../world';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const purposes: Readonly<Record<(typeof steps)[number], string>> = {
  createSecret: 'rotates as ever, and gives a version labelled AWSPENDING a copy',
  setSecret: 'has nothing to do: the provider made the tokens itself',
  testSecret: 'asks the provider whether it takes the pending access token',
  finishSecret: 'moves AWSCURRENT to the copy, then takes AWSPENDING away',
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
      const invocation = await story.step({ Step, SecretId, ClientRequestToken });
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
  await narrator.step(
    'These steps do not come through the queue, and may overlap with what does. So createSecret left ' +
      'a message there before it used a token. Its first delivery has nothing to do; a minute later it ' +
      'uses AWSCURRENT once more, whatever it looks like, and stores what follows.',
    async () => {
      await story.deliver('held back');
      return story.describe(await story.redeliver('rotated'));
    },
  );
}
