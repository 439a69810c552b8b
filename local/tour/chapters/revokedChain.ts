import { expectEqual, expectThat } from '../expectation';
import { sentTokens } from '../rotator';
import type { Story } from '../story';
import { MINUTE_MS } from '../time';
import { expectUndisturbedRotation } from '../undisturbed';

export async function revokedChain(story: Story): Promise<void> {
  const { world, operator, narrator } = story;
  const { model } = world.provider;
  narrator.chapter(
    'An administrator revokes the chain',
    'What no program can mend: no refresh token is accepted any more. It must be said once, ' +
      'loudly, with the way out, and while the access token still lives.',
  );
  await story.tickUntilDue();
  await narrator.step(
    'The chain is revoked. The function makes sure that it is not the client secret, tries every ' +
      'refresh token that Secrets Manager still has, and then says so.',
    async () => {
      model.revokeChain(story.currentTokens().refreshToken ?? '');
      const invocation = await story.invoke('ChainBroken');
      const sent = sentTokens(invocation);
      expectThat('no refresh token is sent twice', new Set(sent).size === sent.length);
      return `${story.describe(invocation)}: ${invocation.error?.errorMessage}`;
    },
    'trouble',
  );
  await story.pass(5 * MINUTE_MS);
  await narrator.step(
    'The next tick, 5 minutes later: refused tokens are not sent again, so this never becomes a ' +
      'storm. Readers are still served by the access token.',
    async () => {
      const invocation = await story.invoke('ChainBroken');
      expectEqual('the refresh tokens sent', sentTokens(invocation), []);
      return story.describe(invocation);
    },
    'trouble',
  );
  await narrator.step(
    'A person logs in again. The operator stores the new refresh token and invokes the function: ' +
      'it goes on as if nothing had been.',
    async () => {
      const refreshToken = model.startChain('user', world.now());
      story.noteOrigin('login');
      await operator.seed(refreshToken);
      const invocation = await story.invoke('rotated');
      expectUndisturbedRotation(invocation);
      return story.describe(invocation);
    },
  );
}
