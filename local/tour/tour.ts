import { anotherLambda } from './chapters/anotherLambda';
import { clientSecretExpires } from './chapters/clientSecretExpires';
import { escrow } from './chapters/escrow';
import { firstRotation } from './chapters/firstRotation';
import { killedInTheMiddle } from './chapters/killedInTheMiddle';
import { lostAnswer } from './chapters/lostAnswer';
import { ownRotation } from './chapters/ownRotation';
import { revokedChain } from './chapters/revokedChain';
import type { Narrator } from './narrator';
import { Story } from './story';
import { summaryOf } from './summary';
import { timelineOf } from './timeline';
import type { TourWorld } from './world';

const chapters = [
  firstRotation,
  anotherLambda,
  lostAnswer,
  killedInTheMiddle,
  escrow,
  ownRotation,
  clientSecretExpires,
  revokedChain,
];

/**
 * Plays the whole story: what the function does on good days and on bad ones. Returns what it was
 * narrated with, as it stands at the end.
 *
 * @throws ExpectationFailed at the first thing that is not as it must be.
 */
export async function playStory(world: TourWorld, narrator: Narrator): Promise<Story> {
  const beganAtMs = performance.now();
  const story = new Story(world, narrator);
  narrator.title(
    'sfmc-token-rotator: a tour on embedded endpoints, without any account',
    `Here are a simulator of the provider (${world.provider.url}), Secrets Manager and Parameter ` +
      `Store (${world.aws.url}), and the function as it is deployed, in a process of its own. ` +
      'The clock is simulated and put forward as the story needs it.',
  );
  for (const chapter of chapters) await chapter(story);
  narrator.table(
    'Timeline: the chain of refresh tokens',
    'By fingerprint (the first 8 hex digits of the SHA-256). A token that was never stored was ' +
      'lost on its way, and made up for; the simulator revokes it at the second use of its ' +
      'predecessor, the harshest of the ways in which a provider may answer.',
    timelineOf(story),
  );
  narrator.list('Summary', summaryOf(story, performance.now() - beganAtMs));
  return story;
}
