import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../infra/deployedStacks';
import { temporaryFolder } from '../support/temporaryFolder';
import { connection } from './exampleConnection';

/** Synthesizes the stacks that a context asks for: their names, and the text of all files. */
function synthesized(context: Record<string, unknown>) {
  const outdir = temporaryFolder();
  const app = new App({ outdir, context, builtinCloudFormationValidation: false });
  addStacks(app);
  const stacks = app.synth().stacks.map(({ stackName }) => stackName);
  const files = readdirSync(outdir, { withFileTypes: true }).filter((entry) => entry.isFile());
  const assembly = files.map(({ name }) => readFileSync(join(outdir, name), 'utf8')).join('\n');
  return { stacks, assembly };
}

/** The names that the template gives to what is not of one Region. */
function namedIn(context: Record<string, unknown>): unknown[] {
  const app = new App({
    outdir: temporaryFolder(),
    context,
    builtinCloudFormationValidation: false,
  });
  addStacks(app);
  const resources: { Properties?: Record<string, unknown> }[] = Object.values(
    app.synth().stacks[0]?.template.Resources,
  );
  return resources.flatMap(({ Properties = {} }) =>
    ['DashboardName', 'RoleName', 'ManagedPolicyName', 'BucketName'].flatMap(
      (name) => Properties[name] ?? [],
    ),
  );
}

describe('the app', () => {
  it('reports a mistake in cdk.json in one line, without a stack trace, and fails', () => {
    const { status, stderr } = spawnSync('npx', ['tsx', 'infra/app.ts'], {
      cwd: join(__dirname, '..', '..'),
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: temporaryFolder(),
        CDK_CONTEXT_JSON: JSON.stringify({ connections: [] }),
      },
    });

    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^connections must be a list of at least one\. .*$/);
  });

  it('asks about a name in the context that is nearly one of its own', () => {
    const { assembly } = synthesized({
      connections: [connection('news')],
      alarmEmial: 'ops@example.com',
    });

    expect(assembly).toContain('did you mean alarmEmail?');
  });

  it('asks about it too where a setting is missing by its real name, or is wrong', () => {
    expect(() => synthesized({ conections: [connection('news')] })).toThrow(
      /^connections must be a list.*\n"conections" in the context is not read: did you mean connections\?$/s,
    );
    expect(() => synthesized({ fleet: 'yes', fleetOperator: ['acme-'] })).toThrow(
      /fleet is "yes".*\n"fleetOperator" in the context is not read: did you mean fleetOperators\?$/s,
    );
  });

  it('shares no name of the account between the shards of a fleet in two Regions', () => {
    const [first, second] = [
      namedIn({ fleet: true }),
      namedIn({ fleet: true, fleetShard: 'west' }),
    ];

    // Dashboards are those of all Regions (CloudWatch API reference, PutDashboard), roles too.
    expect(first).toEqual(['SfmcTokenRotatorFleet-Monitoring']);
    expect(second).toEqual(['SfmcTokenRotatorFleet-west-Monitoring']);
  });

  it.each([
    ['its connections', { connections: [connection('news')] }, ['SfmcTokenRotator']],
    ['a fleet', { fleet: true }, ['SfmcTokenRotatorFleet']],
    [
      'both',
      { fleet: true, connections: [connection('news')] },
      ['SfmcTokenRotator', 'SfmcTokenRotatorFleet'],
    ],
  ])('has a stack for %s', (_what, context, expected) => {
    expect(synthesized(context).stacks.sort()).toEqual(expected);
  });
});
