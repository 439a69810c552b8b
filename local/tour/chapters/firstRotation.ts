import { tickMs } from '../../../lambda/core/limits';
import { expectEqual } from '../expectation';
import type { Story } from '../story';
import { expectUndisturbedRotation } from '../undisturbed';

export async function firstRotation(story: Story): Promise<void> {
  const { world, operator, narrator } = story;
  narrator.chapter(
    'The first rotation, from a seed',
    'A refresh token works once, and each use returns the one to use next. From here on, losing ' +
      'one would mean a new login by a person: the chain must hold.',
  );
  await narrator.step(
    'The stack has made the connection. The operator adds the client secret, and the refresh ' +
      'token of the first login, which is all that a person ever has to give.',
    async () => {
      await operator.deployConnection();
      await operator.putClientSecret('client-secret', world.provider.clientSecret);
      await operator.seed(world.provider.refreshToken);
      return (
        'stored: /sfmc/demo/config, /sfmc/demo/client-secret (SecureString), and ' +
        'sfmc/demo in Secrets Manager'
      );
    },
  );
  await narrator.step(
    "The schedule sends a message to the function's queue. A seed holds no access token yet, so it " +
      'refreshes at once.',
    async () => {
      const invocation = await story.tick('rotated');
      expectUndisturbedRotation(invocation);
      return `${story.describe(invocation)}, cold start included`;
    },
  );
  await story.pass(tickMs);
  await narrator.step(
    "The schedule's next message. The token is fresh: nothing but one read, 12 times an hour.",
    async () => {
      const invocation = await story.tick('fresh');
      expectEqual('its AWS calls', operationsOf(invocation.awsCalls), ['GetSecretValue']);
      expectEqual('its requests to the provider', invocation.providerRequests.length, 0);
      return story.describe(invocation);
    },
  );
}

const operationsOf = (calls: readonly { readonly operation: string }[]) =>
  calls.map(({ operation }) => operation);
