import { stagedAtProvider } from './support/clientSecrets';
import { deployFleet, feedFrom, installInFleet } from './support/fleet';
import { printingFunction } from './support/installed';
import { type OpsWorld, startOpsWorld } from './support/opsWorld';

/** A command that is ended by Ctrl-C once it has shown something, or made a call. */
async function interrupted(
  world: OpsWorld,
  argv: readonly string[],
  at: { readonly text: string } | { readonly operation: string },
): Promise<{ readonly exitCode: number; readonly text: string }> {
  const session = world.open(argv);
  if ('text' in at) await session.sees(at.text);
  else await Promise.race([called(world, at.operation), session.ended]);
  session.interrupts();
  return { exitCode: await session.ended, text: session.text.replace(/\s+/g, ' ') };
}

async function called({ aws }: OpsWorld, operation: string): Promise<void> {
  while (!aws.calls.some((call) => call.operation === operation)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction, now: Date.now });
  const { queueUrl } = deployFleet(world);
  feedFrom(world, queueUrl);
  installInFleet(world);
  return world;
}

describe('Ctrl-C', () => {
  it('ends the watching of a rotation, and says that the rotation goes on', async () => {
    const world = await startWorld();

    const ended = await interrupted(world, ['rotate', 'acme'], { text: 'Started the rotation' });

    expect(ended.exitCode).toBe(130);
    expect(ended.text).toMatch(
      /Interrupted\. The rotation goes on without being watched: see "npm run ops -- .*status acme"\./,
    );
  });

  it('says that a connection is removed in part, and list shows it until that has gone on', async () => {
    const world = await startWorld();

    const ended = await interrupted(world, ['remove', 'acme', '--yes'], { text: 'Waiting 45 s' });
    const listed = await world.run(['list']);
    const json = await world.run(['list', '--json']);

    expect(ended.exitCode).toBe(130);
    expect(ended.text).toMatch(/acme is removed in part: "npm run ops -- .*remove acme" goes on/);
    expect(listed.stdout).toMatch(/Without a config: acme.*"npm run ops -- .*remove acme"/s);
    expect(json.json()).toMatchObject({
      connections: [],
      leftovers: [{ name: 'acme', parameters: ['client-secret'] }],
    });
  });

  it('says where a promoted client secret is', async () => {
    const world = await startWorld();
    world.stored().putParameter('client-secret-next', stagedAtProvider(world));
    world.aws.orderFault({ kind: 'slow', operation: 'DeleteParameter', delayMs: 20_000 });

    const ended = await interrupted(world, ['promote-secret', 'acme'], {
      operation: 'DeleteParameter',
    });

    expect(ended.exitCode).toBe(130);
    expect(ended.text).toContain('The staged client secret is in place');
    expect(ended.text).toMatch(/"npm run ops -- .*promote-secret acme" again, which finishes\./);
  });

  it('says that nothing was done if nothing was', async () => {
    const world = await startWorld();
    world.aws.orderFault({ kind: 'slow', operation: 'GetParameters', delayMs: 20_000 });

    const ended = await interrupted(world, ['status', 'acme'], { operation: 'GetParameters' });

    expect(ended.exitCode).toBe(130);
    expect(ended.text).toContain('Interrupted. Nothing more was done.');
  });
});
