import { parseArgs } from 'node:util';
import { type AwsLocal, startAwsLocal } from './server';
import { isPortTaken, startPreferring } from './startPreferring';

const defaultPort = 4566;

const usage = `Usage: npm run aws-local -- [--port N]

Serves on 127.0.0.1, until interrupted, as much of AWS as the rotator and its operators need:
Secrets Manager, Parameter Store, Lambda with the built rotator in it and its log, SQS with FIFO
queues, EventBridge and its Scheduler, STS, and a little of IAM and KMS. The rotator is fed from the
queue sfmc-token-rotator.fifo. Keeps everything in memory. Prints the URL to set as AWS_ENDPOINT_URL.

  --port N   the port to listen on (default: ${defaultPort} or, if it is taken, any free one)
  --help     this text`;

function readOptions(): { readonly port: number | undefined; readonly help: boolean } {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.port === undefined) return { port: undefined, help: values.help };
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  return { port, help: values.help };
}

function start(port: number | undefined): Promise<AwsLocal> {
  const options = { function: {} };
  return port === undefined
    ? startPreferring(defaultPort, options)
    : startAwsLocal({ ...options, port });
}

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`aws-local: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }

  try {
    const aws = await start(options.port);
    const interrupted = new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    console.log(aws.url);
    await interrupted;
    await aws.close();
    return 0;
  } catch (error) {
    const reason = isPortTaken(error) ? `port ${options.port} is already in use` : String(error);
    console.error(`aws-local: ${reason}`);
    return 1;
  }
}

main().then((exitCode) => {
  process.exitCode = exitCode;
});
