import { fingerprint } from '../../provider/fingerprint';
import { expectEqual, expectThat, until } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';
import { MINUTE_MS } from '../time';

export async function killedInTheMiddle(story: Story): Promise<void> {
  const { world, narrator } = story;
  narrator.chapter(
    'The function is killed in the middle of a rotation',
    'The worst moment: the provider has spent the token, and what it returned is in the memory ' +
      'of a process that dies before it is stored.',
  );
  await story.tickUntilDue();
  const token = fingerprint(story.currentTokens().refreshToken ?? '');
  await narrator.step(
    'The function has its new tokens and asks Secrets Manager to store them. SIGKILL.',
    async () => {
      const callsBefore = world.aws.calls.length;
      world.aws.orderFault({ kind: 'hang', operation: 'PutSecretValue' });
      const invocation = await story.invoke('Runtime.ExitError', undefined, async () => {
        await until('the function writes to Secrets Manager', () =>
          world.aws.calls.slice(callsBefore).some(({ fault }) => fault === 'hang'),
        );
        await world.lambda.kill();
      });
      expectEqual('the refresh token sent', sentTokens(invocation), [token]);
      expectThat(
        'the secret still holds the refresh token that is spent by now',
        fingerprint(story.currentTokens().refreshToken ?? '') === token,
      );
      return `${story.describe(invocation)}; the successor of ${token} is lost`;
    },
    'trouble',
  );
  await story.pass(MINUTE_MS);
  await narrator.step(
    'A minute later Lambda repeats the failed invocation, in a fresh process. It finds the spent ' +
      'token, still inside its 5 minutes, and sends it again.',
    async () => {
      const invocation = await story.invoke('rotated');
      expectEqual('the refresh token sent', sentTokens(invocation), [token]);
      return story.describe(invocation);
    },
  );
}
