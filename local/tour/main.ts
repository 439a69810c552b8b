import { constants } from 'node:os';
import { ExpectationFailed } from './expectation';
import { parseLogLine } from './logLines';
import { Narrator } from './narrator';
import { tellStory } from './tour';
import { quietSdk, startWorld, type World } from './world';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const lastLines = 3;

/**
 * The tour that `npm start` gives. An argument names another bundle's folder than dist/rotator.
 * Exit code 0 once the story is told; 1 where it went wrong; 128 and more after a signal.
 */
async function main(): Promise<void> {
  const [bundleDir] = process.argv.slice(2);
  Object.assign(process.env, quietSdk);
  let world: World | undefined;
  let isStopped = false;
  const narrator = new Narrator(
    (text) => {
      if (!isStopped) process.stdout.write(text);
    },
    () => world?.now() ?? Date.now(),
  );

  async function stop(exitCode: number): Promise<never> {
    isStopped = true;
    await world?.close();
    process.exit(exitCode);
  }
  for (const signal of signals) {
    process.once(signal, () => void stop(128 + constants.signals[signal]));
  }
  // Nobody listens any more, as after `npm start | head`.
  process.stdout.once('error', () => void stop(1));

  try {
    world = await startWorld(bundleDir);
    await tellStory(world, narrator);
  } catch (error) {
    if (isStopped) return;
    process.exitCode = 1;
    narrator.failure(messageOf(error), world ? lastLogLines(world) : []);
  } finally {
    await world?.close();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ExpectationFailed) return `The tour ends here. ${error.message}`;
  return `The tour could not go on. ${error instanceof Error ? error.message : error}`;
}

/** Without metrics, which tell little about what went wrong. */
function lastLogLines({ lambda }: World): string[] {
  const lines = lambda.logs.flatMap((line) => parseLogLine(line) ?? []).slice(-lastLines);
  return lines.map(({ level, message }) => `The function, ${level}: ${message}`);
}

void main();
