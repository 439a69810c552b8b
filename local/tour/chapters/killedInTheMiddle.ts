import { fingerprint } from '../../provider/fingerprint';
import { expectEqual, expectThat, until } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';

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
      const invocation = await story.tick('Runtime.ExitError', {
        meanwhile: async () => {
          await until('the function writes to Secrets Manager', () =>
            world.aws.calls.slice(callsBefore).some(({ fault }) => fault === 'hang'),
          );
          await world.lambda.kill();
        },
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
  await narrator.step(
    'A minute after it was taken, the queue delivers the message again, to a fresh process. That ' +
      'one marks the token as one that may have been sent, sends it again inside its 5 minutes, ' +
      'and confirms what comes back by using it once.',
    async () => {
      const invocation = await story.redeliver('rotated');
      const [again, confirmed, ...more] = sentTokens(invocation);
      expectEqual('the first refresh token sent', again, token);
      expectThat(
        'its successor is sent once, and no other',
        confirmed !== token && more.length === 0,
      );
      return `${story.describe(invocation)}; ${token} was sent again, then ${confirmed}`;
    },
  );
}
