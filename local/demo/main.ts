import { constants } from 'node:os';
import { quietSdk } from '../quietSdk';
import { columnsOf } from '../tour/layout';
import { type Demo, startDemo } from './demo';
import { guideOf } from './guide';
import { newsIn } from './news';
import { type DemoOptions, help, parseDemoOptions } from './options';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The world that `npm run demo` keeps. Exit code 0 after Ctrl-C; 1 if it could not start; 2 if
 * the options are not understood; 128 and more after another signal.
 */
async function main(): Promise<void> {
  let options: DemoOptions | 'help';
  try {
    options = parseDemoOptions(process.argv.slice(2));
  } catch (error) {
    // parseArgs explains some mistakes over several lines; the first one names the mistake.
    console.error(`npm run demo: ${messageOf(error).split('\n', 1)[0]} (see --help)`);
    process.exitCode = 2;
    return;
  }
  if (options === 'help') process.stdout.write(help);
  else await run(options);
}

async function run(options: DemoOptions): Promise<void> {
  Object.assign(process.env, quietSdk);
  let starting: Promise<Demo> | undefined;
  let isStopped = false;
  let isGuideShown = false;
  const news: string[] = [];

  async function stop(exitCode: number): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    const demo = await starting?.catch(() => undefined);
    await demo?.close();
    process.exit(exitCode);
  }
  for (const signal of signals) {
    // More than once, as npm and the terminal may each pass it on: only the first one counts.
    process.on(signal, () => void stop(signal === 'SIGINT' ? 0 : 128 + constants.signals[signal]));
  }
  // Nobody listens any more, as after `npm run demo | head`.
  process.stdout.once('error', () => void stop(1));

  const onLine = (line: string) => {
    const text = newsIn(line, Date.now(), columnsOf(process.stdout));
    if (text === undefined || isStopped) return;
    if (isGuideShown) console.log(text);
    else news.push(text);
  };
  try {
    starting = startDemo(options, onLine);
    const demo = await starting;
    await demo.ready;
    if (isStopped) return;
    console.log(guideOf(demo, options, columnsOf(process.stdout)));
    for (const text of news) console.log(text);
    isGuideShown = true;
  } catch (error) {
    if (isStopped) return;
    console.error(`npm run demo: ${failureOf(error)}`);
    for (const text of news) console.error(text);
    await stop(1);
  }
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) {
    return `it could not start. ${messageOf(error)}`;
  }
  const port = 'port' in error ? error.port : 'that was asked for';
  return (
    `port ${port} of 127.0.0.1 is in use, perhaps by another demo or "npm run aws-local". End that, ` +
    'or choose other ports with --port and --provider-port: the demo then prints what to type.'
  );
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

void main();
