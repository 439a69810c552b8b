import { fingerprint } from '../../provider/fingerprint';
import { expectEqual, expectThat } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';

export async function lostAnswer(story: Story): Promise<void> {
  const { world, narrator } = story;
  narrator.chapter(
    "The provider's answer is lost",
    'The refresh token is spent and nobody has its successor. For 5 minutes the provider takes ' +
      'the spent token again, so the same one is sent again, at once. Nobody knows whether a ' +
      'successor from a second use lasts: it is used once more while there is time to try another.',
  );
  await story.tickUntilDue();
  await narrator.step(
    'The provider takes the token, and the connection breaks before its answer arrives.',
    async () => {
      world.provider.orderFault({ kind: 'dropAfter' });
      const token = fingerprint(story.currentTokens().refreshToken ?? '');
      const invocation = await story.tick('rotated');
      const [confirmed] = sentTokens(invocation).slice(2);
      expectEqual('the refresh tokens sent', sentTokens(invocation), [token, token, confirmed]);
      expectThat('a successor was used as well', confirmed !== undefined && confirmed !== token);
      return `${story.describe(invocation)}; ${token} was sent twice, then ${confirmed}`;
    },
  );
}
