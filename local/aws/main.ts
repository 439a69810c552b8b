import { parseArgs } from 'node:util';
import { startAwsLocal } from './server';

const USAGE = `Usage: npm run aws-local -- [--port N]

Serves AWS Secrets Manager and SSM Parameter Store on 127.0.0.1 until interrupted, keeping
everything in memory. Prints the URL to set as AWS_ENDPOINT_URL.

  --port N   the port to listen on (default: any free one)
  --help     this text`;

function readOptions(): { readonly port: number; readonly help: boolean } {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', default: false } },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  return { port, help: values.help };
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
    console.log(USAGE);
    return 0;
  }

  try {
    const aws = await startAwsLocal({ port: options.port });
    console.log(aws.url);
    await new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await aws.close();
    return 0;
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = taken ? `port ${options.port} is already in use` : String(error);
    console.error(`aws-local: ${reason}`);
    return 1;
  }
}

main().then((exitCode) => {
  process.exitCode = exitCode;
});
