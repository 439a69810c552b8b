import { PassThrough, Writable } from 'node:stream';
import { runOps } from '../../../../ops/program';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

/** Answers each question as it is shown, on the world's simulated clock. */
async function answering(
  world: OpsWorld,
  answers: readonly (readonly [question: string, answer: () => string])[],
) {
  const left = [...answers];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  let shown = '';
  let from = 0;
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      shown += chunk;
      const [question, answer] = left[0] ?? [];
      if (question !== undefined && answer && shown.includes(question, from)) {
        left.shift();
        from = shown.length;
        setImmediate(() => stdin.write(`${answer()}\r`));
      }
      done();
    },
  });
  // As on a terminal, whose output a pipe never ends.
  stderr.end = () => stderr;
  const argv = ['seed', 'acme', '--local', '--endpoint-url', world.aws.url];
  const streams = { stdin, stdout: new PassThrough().resume(), stderr };
  const exitCode = await runOps(argv, { streams, env: {}, clock: world.clock });
  expect(left).toEqual([]);
  return { exitCode, shown };
}

/** Its stores refuse all that is written, each time after five seconds. */
async function startLosingWorld() {
  const writes = /:Put(SecretValue|Parameter)$/;
  let isRefusing = false;
  const world: OpsWorld = await startOpsWorld({
    authorize({ action }) {
      if (!isRefusing || !writes.test(action)) return true;
      world.clock.advance(5_000);
      return false;
    },
  });
  isRefusing = true;
  const endFaults = () => {
    isRefusing = false;
  };
  return { world, endFaults };
}

describe('a token set that no store takes for minutes', () => {
  const untilLost = (world: OpsWorld) =>
    [
      ['Client secret', () => ''],
      ['First refresh token', () => world.provider.refreshToken],
    ] as const;

  it('is stored after all when the person has repaired the stores', async () => {
    const { world, endFaults } = await startLosingWorld();
    const mend = () => {
      endFaults();
      return '';
    };

    const { exitCode } = await answering(world, [...untilLost(world), ['Give it up?', mend]]);

    expect(exitCode).toBe(0);
    const { refreshToken = '' } = world.stored().current();
    expect(world.provider.model.accepts(refreshToken, world.clock.now() + 600_000)).toBe(true);
  });

  it.each(['y', '\u0003'])('is said to be lost to a person who gives up by %j', async (answer) => {
    const { world } = await startLosingWorld();

    const { exitCode, shown } = await answering(world, [
      ...untilLost(world),
      ['Give it up?', () => answer],
    ]);

    expect(exitCode).toBe(5);
    expect(shown).toContain('The new refresh token is lost');
    expect(shown).not.toContain(world.provider.refreshToken);
  });
});
