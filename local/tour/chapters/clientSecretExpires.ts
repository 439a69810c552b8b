import { warningsIn } from '../../world/logLines';
import { expectEqual, expectThat } from '../expectation';
import type { Story } from '../story';
import { expectUndisturbedRotation } from '../undisturbed';

export async function clientSecretExpires(story: Story): Promise<void> {
  const { world, operator, narrator } = story;
  const { provider } = world;
  narrator.chapter(
    'The client secret expires',
    'Client secrets have an end. The next one can be staged beside the first: it is tried when ' +
      'the first is refused, so that nobody has to be there at the minute of the change.',
  );
  const staged = world.nextId();
  await narrator.step(
    'The operator stages a client secret at the provider, and puts it beside the first.',
    async () => {
      provider.model.clientSecrets.stage(staged, world.now());
      await operator.putClientSecret('client-secret-next', staged);
      return 'stored: /sfmc/demo/client-secret-next (SecureString)';
    },
  );
  await story.tickUntilDue();
  await narrator.step(
    'The first secret expires. A 401 does not say what it refuses, so the function asks without a ' +
      'refresh token: it was the secret. Then it goes on with the staged one.',
    async () => {
      provider.model.clientSecrets.expire(provider.clientSecret);
      const invocation = await story.tick('rotated');
      const [warning, ...more] = warningsIn(invocation.logs);
      expectThat('the function warns of the staged secret', warning?.remedy !== undefined);
      expectEqual('further warnings', more.length, 0);
      return `${story.describe(invocation)}. Warning: ${warning?.message}. ${warning?.remedy}.`;
    },
    'trouble',
  );
  await narrator.step('The operator does what the warning says.', async () => {
    provider.model.clientSecrets.activateStaged(world.now());
    await operator.putClientSecret('client-secret', staged);
    await operator.deleteStagedClientSecret();
    return 'stored: /sfmc/demo/client-secret; deleted: /sfmc/demo/client-secret-next';
  });
  await story.tickUntilDue();
  await narrator.step('The next rotation is an ordinary one again.', async () => {
    const invocation = await story.tick('rotated');
    expectUndisturbedRotation(invocation);
    expectEqual('its warnings', warningsIn(invocation.logs).length, 0);
    return story.describe(invocation);
  });
}
