import type { Story } from '../story';
import { duration } from '../time';
import { expectUndisturbedRotation } from '../undisturbed';

export async function anotherLambda(story: Story): Promise<void> {
  const { narrator, reader } = story;
  narrator.chapter(
    'Another Lambda uses the token',
    'A reader needs GetSecretValue and nothing else. From here on one reads before and after ' +
      'every invocation and calls the API with what it finds; the tour ends at the first refusal.',
  );
  await narrator.step(
    'Another Lambda reads the secret sfmc/demo and calls the API with its accessToken.',
    async () => {
      const { status, leftMs } = await reader.readAndUse();
      return `tokenContext answers ${status}; ${duration(leftMs)} of the token's life are left`;
    },
  );
  await story.tickUntilDue();
  await narrator.step(
    'The next tick rotates early, with 40 minutes to spare for whatever goes wrong.',
    async () => {
      const invocation = await story.tick('rotated');
      expectUndisturbedRotation(invocation);
      return `${story.describe(invocation)}, warm`;
    },
  );
}
