import { constants } from 'node:os';
import { quietSdk } from '../quietSdk';
import { startWatch, type Watch } from '../rehearsal/watch';
import { parseLogLine } from '../world/logLines';
import { ExpectationFailed } from './expectation';
import { columnsOf } from './layout';
import { Narrator } from './narrator';
import { help, parseTourOptions, type TourOptions } from './options';
import { playStory } from './tour';
import { startTourWorld, type TourWorld } from './world';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const lastLines = 3;

const nextSteps: [name: string, text: string][] = [
  ['npm run demo', 'a local world that stays: try every command, and the AWS CLI'],
  ['npm start -- --watch', 'a page on which to rehearse incidents'],
  ['docs/deploy.md', 'deploy it'],
];

/**
 * The tour that `npm start` gives. Exit code 0 at the story's end, or once whoever watches has
 * seen enough; 1 if it went wrong; 2 if the options are not understood; 128 and more after a
 * signal that broke it off.
 */
async function main(): Promise<void> {
  let options: TourOptions | 'help';
  try {
    options = parseTourOptions(process.argv.slice(2));
  } catch (error) {
    // parseArgs explains some mistakes over several lines; the first one names the mistake.
    console.error(`npm start: ${messageOf(error).split('\n', 1)[0]}`);
    process.exitCode = 2;
    return;
  }
  if (options === 'help') {
    process.stdout.write(help);
    return;
  }
  await tour(options);
}

async function tour({ bundleDir, isBrief, isWatched, port }: TourOptions): Promise<void> {
  Object.assign(process.env, quietSdk);
  let watch: Watch | undefined;
  let starting: Promise<TourWorld> | undefined;
  let world: TourWorld | undefined;
  let isStopped = false;
  const narrator = new Narrator(
    (text) => {
      if (!isStopped) process.stdout.write(text);
    },
    () => world?.now() ?? Date.now(),
    { isBrief, columns: () => columnsOf(process.stdout) },
  );

  async function stop(exitCode: number): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    await watch?.close();
    const started = await starting?.catch(() => undefined);
    await started?.close();
    process.exit(exitCode);
  }
  for (const signal of signals) {
    // More than once, as npm and the terminal may each pass it on: only the first one counts.
    process.on(signal, () => void stop(watch ? 0 : 128 + constants.signals[signal]));
  }
  // Nobody listens any more, as after `npm start | head`.
  process.stdout.once('error', () => void stop(1));

  try {
    if (isWatched) {
      watch = await startWatch(port);
      process.stdout.write(`The page: ${watch.url} (begins when the tour has ended)\n\n`);
    }
    if (isStopped) return;
    starting = startTourWorld(bundleDir);
    world = await starting;
    const story = await playStory(world, narrator);
    if (!watch) {
      narrator.list('Next', nextSteps);
      return;
    }
    narrator.list('Watch', [
      ['page', watch.url],
      ['what', 'The world of the tour goes on. Rehearse an incident, and watch it heal.'],
      ['end', 'Ctrl-C'],
    ]);
    await watch.rehearse(story);
  } catch (error) {
    if (isStopped) return;
    process.exitCode = 1;
    narrator.failure(failureOf(error, port), world && !isInUse(error) ? lastLogLines(world) : []);
  } finally {
    await watch?.close();
    await world?.close();
  }
}

function failureOf(error: unknown, port: number | undefined): string {
  if (error instanceof ExpectationFailed) return `The tour ends here. ${error.message}`;
  if (isInUse(error)) return `Port ${port} of 127.0.0.1 is in use; choose another.`;
  return `The tour could not go on. ${messageOf(error)}`;
}

/** The port, that is: the function has no part in it. */
const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Without metrics, which say little about what went wrong. */
function lastLogLines({ lambda }: TourWorld): string[] {
  const lines = lambda.logs.flatMap((line) => parseLogLine(line) ?? []).slice(-lastLines);
  return lines.map(({ level, message }) => `The function, ${level}: ${message}`);
}

void main();
