import { visibilityTimeoutMs } from '../../../lambda/core/limits';
import { expectEqual, expectThat } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';

export async function revokedChain(story: Story): Promise<void> {
  const { world, operator, narrator } = story;
  const { model } = world.provider;
  narrator.chapter(
    'An administrator revokes the chain',
    'What no program can fix: no refresh token is accepted any more. It must be said once, ' +
      'loudly, with the way out, and while the access token still lives.',
  );
  await story.tickUntilDue();
  await narrator.step(
    'The chain is revoked. The function makes sure that it is not the client secret, tries every ' +
      'refresh token that Secrets Manager still has, each once more before it believes the answer, ' +
      'and then says so.',
    async () => {
      model.revokeChain(story.currentTokens().refreshToken ?? '');
      const invocation = await story.tick('ChainBroken', { passesWaits: true });
      const sent = sentTokens(invocation);
      const isTwice = (token: string) => sent.filter((each) => each === token).length === 2;
      expectThat('every refresh token is sent twice', sent.length > 0 && sent.every(isTwice));
      return `${story.describe(invocation)}: ${invocation.problem}`;
    },
    'trouble',
  );
  await narrator.step(
    'The queue delivers the message again, each minute: refused tokens are not sent again for 20 ' +
      'minutes, so this never becomes a storm. Readers are still served by the access token.',
    async () => {
      const invocation = await story.redeliver('ChainBroken');
      expectEqual('the refresh tokens sent', sentTokens(invocation), []);
      return story.describe(invocation);
    },
    'trouble',
  );
  await story.pass(visibilityTimeoutMs);
  await narrator.step(
    'A person logs in again. The operator stores the new refresh token, and the message, delivered ' +
      'once more, goes on as if nothing had been.',
    async () => {
      const refreshToken = model.startChain('user', world.now());
      story.noteOrigin('login');
      await operator.seed(refreshToken);
      const invocation = await story.deliver('rotated');
      return story.describe(invocation);
    },
  );
}
