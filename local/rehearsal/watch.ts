import type { Story } from '../tour/story';
import { ActionRefused } from './actions';
import { performAction } from './perform';
import { Rehearsal } from './rehearsal';
import { startWatchServer } from './server';

const beatMs = 100;
/** So often the page is sent the clock; what people do is seen at once. */
const publishEveryBeats = 3;

export interface Watch {
  readonly url: string;
  /**
   * Keeps the world of a story going in real time, with which the page begins. Rejects if it cannot
   * be kept going any more; is never fulfilled.
   */
  rehearse(story: Story): Promise<never>;
  close(): Promise<void>;
}

/**
 * Serves the page on which to rehearse; it waits for a story.
 *
 * @throws the listener's error, such as `EADDRINUSE`.
 */
export async function startWatch(port?: number): Promise<Watch> {
  let rehearsal: Rehearsal | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const server = await startWatchServer({
    port,
    state: () => rehearsal?.state(),
    async perform(action) {
      if (!rehearsal) throw new ActionRefused('The tour is still under way.');
      await performAction(rehearsal, action);
    },
  });
  return {
    url: server.url,
    rehearse(story) {
      const going = new Rehearsal(story);
      rehearsal = going;
      server.publish();
      return new Promise((_, reject) => {
        let beganAtMs = performance.now();
        let beats = 0;
        timer = setInterval(() => {
          const nowMs = performance.now();
          going.beat(nowMs - beganAtMs).catch((error: unknown) => {
            // What the end of the world breaks off has not failed.
            if (!isClosed) reject(error);
          });
          beganAtMs = nowMs;
          beats += 1;
          if (beats % publishEveryBeats === 0) server.publish();
        }, beatMs);
      });
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await server.close();
    },
  };
}
