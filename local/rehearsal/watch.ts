import type { Story } from '../tour/story';
import { perform } from './perform';
import { Rehearsal } from './rehearsal';
import { startWatchServer } from './server';

const beatMs = 100;
/** So often the page is sent the clock; what people do is seen at once. */
const publishEveryBeats = 3;

export interface Watch {
  readonly url: string;
  /** Rejects where the world cannot be kept going any more; is never fulfilled. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/**
 * Keeps the world of a story going in real time, and serves the page on which to rehearse.
 *
 * @throws the listener's error, such as `EADDRINUSE`.
 */
export async function startWatch(story: Story, port?: number): Promise<Watch> {
  const rehearsal = new Rehearsal(story);
  const server = await startWatchServer({
    port,
    state: () => rehearsal.state(),
    perform: (action) => perform(rehearsal, action),
  });
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  let beganAtMs = performance.now();
  let beats = 0;
  let isClosed = false;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    rehearsal.beat(nowMs - beganAtMs).catch((error: unknown) => {
      // What the end of the world breaks off has not failed.
      if (!isClosed) fail(error);
    });
    beganAtMs = nowMs;
    beats += 1;
    if (beats % publishEveryBeats === 0) server.publish();
  }, beatMs);
  return {
    url: server.url,
    failed,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await server.close();
    },
  };
}
