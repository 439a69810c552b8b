import { exitCodes } from './failures/opsError';
import { calledAs, nameProgram, targetIn } from './failures/printed';
import { runOps } from './program';

nameProgram(
  calledAs(process.argv[1] ?? '', process.env, process.cwd()),
  targetIn(process.argv.slice(2)),
);

/** The SDK's note that its releases of 2027 want Node.js 22 says nothing about a connection. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Nobody reads any more, as after `| head`.
process.stdout.once('error', () => process.exit(0));

if (process.env.https_proxy || process.env.HTTPS_PROXY) {
  // It loads parts of Node.js that take a while.
  void import('./network/proxiedFetch').then(({ useProxy }) => {
    useProxy(process.env);
    start();
  });
} else {
  start();
}

function start(): void {
  void runOps(process.argv.slice(2), { streams: process, env: process.env }).then((exitCode) => {
    process.exitCode = exitCode;
    // What is under way would keep the process.
    if (exitCode === exitCodes.interrupted) process.exit();
  });
}
