import { fingerprint } from '../../provider/fingerprint';
import { expectEqual } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';

export async function lostAnswer(story: Story): Promise<void> {
  const { world, narrator } = story;
  narrator.chapter(
    "The provider's answer is lost",
    'The refresh token is spent and nobody has its successor. For 5 minutes the provider takes ' +
      'the spent token again, so the same one is sent again, at once.',
  );
  await story.tickUntilDue();
  await narrator.step(
    'The provider takes the token, and the connection breaks before its answer arrives.',
    async () => {
      world.provider.orderFault({ kind: 'dropAfter' });
      const token = fingerprint(story.currentTokens().refreshToken ?? '');
      const invocation = await story.invoke('rotated');
      expectEqual('the refresh tokens sent', sentTokens(invocation), [token, token]);
      return `${story.describe(invocation)}; ${token} was sent twice`;
    },
  );
}
