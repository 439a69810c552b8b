import { functionTimeoutMs } from '../../../lambda/core/limits';
import { fingerprint } from '../../provider/fingerprint';
import { expectEqual, expectThat, until } from '../expectation';
import type { Story } from '../story';
import { connection } from '../world';

const escrowName = `/sfmc/${connection}/escrow`;

export async function escrow(story: Story): Promise<void> {
  const { world, narrator } = story;
  narrator.chapter(
    'Secrets Manager takes no writes',
    'An outage longer than an invocation. The new token set goes to a second store, Parameter ' +
      'Store, as a SecureString: one of the two is enough to keep the chain.',
  );
  await story.tickUntilDue();
  const restore = world.aws.orderFault({
    kind: 'unavailable',
    operation: 'PutSecretValue',
    calls: 'untilCancelled',
  });
  await narrator.step(
    `The function refreshes, and every PutSecretValue is answered with 503 until its ${functionTimeoutMs / 1_000} ` +
      'seconds are over.',
    async () => {
      const callsBefore = world.aws.calls.length;
      const invocation = await story.tick('StoreUnavailable', {
        meanwhile: async () => {
          await until('the token set is parked', () =>
            world.aws.calls
              .slice(callsBefore)
              .some(({ operation, status }) => operation === 'PutParameter' && status === 200),
          );
          world.advance(functionTimeoutMs);
        },
      });
      return `${story.describe(invocation)}: ${invocation.problem}`;
    },
    'trouble',
  );
  restore();
  await world.lambda.kill();
  await narrator.step(
    'The outage ends. A minute after it was taken, the queue delivers the message again, to a fresh ' +
      'process. Before it would spend another refresh token, it publishes what is parked.',
    async () => {
      const [newest] = world.provider.model.refreshTokens().slice(-1);
      const invocation = await story.redeliver('recovered');
      expectEqual('the requests to the provider', invocation.providerRequests.length, 0);
      expectThat(
        'AWSCURRENT holds the newest refresh token',
        story.currentTokens().refreshToken === newest?.token,
      );
      const left = world.aws.parameterStore.getParameters({ Names: [escrowName] });
      expectEqual('the escrow', left.InvalidParameters, [escrowName]);
      const published = fingerprint(newest?.token ?? '');
      return `${story.describe(invocation)}; ${published} is current, the escrow is deleted`;
    },
  );
}
