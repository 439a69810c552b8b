import { fingerprint } from '../../provider/fingerprint';
import { expectEqual, expectThat, until } from '../expectation';
import type { Story } from '../story';
import { MINUTE_MS } from '../time';
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
    'The function refreshes, and every PutSecretValue is answered with 503 until its 30 seconds ' +
      'are over.',
    async () => {
      const callsBefore = world.aws.calls.length;
      const invocation = await story.invoke('StoreUnavailable', undefined, async () => {
        await until('the token set is parked', () =>
          world.aws.calls
            .slice(callsBefore)
            .some(({ operation, status }) => operation === 'PutParameter' && status === 200),
        );
        world.advance(MINUTE_MS / 2);
      });
      return `${story.describe(invocation)}: ${invocation.error?.errorMessage}`;
    },
    'trouble',
  );
  restore();
  await world.lambda.kill();
  await story.pass(MINUTE_MS);
  await narrator.step(
    'The outage ends, and Lambda repeats the invocation in a fresh process. Before it would spend ' +
      'another refresh token, it publishes what is parked.',
    async () => {
      const [newest] = world.provider.model.refreshTokens().slice(-1);
      const invocation = await story.invoke('recovered');
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
