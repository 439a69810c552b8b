import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../../package.json';
import { install, printingFunction } from './support/installed';
import { startOpsWorld } from './support/opsWorld';
import { runPiped } from './support/pipedProgram';

const commands = [
  ...['list', 'status', 'doctor', 'seed', 'rotate'],
  ...[
    'stage-secret',
    'promote-secret',
    'unstage-secret',
    'rekey',
    'recover',
    'remove',
    'completion',
  ],
];

describe('help', () => {
  it('lists every command, the exit codes and examples', async () => {
    const world = await startOpsWorld();

    const { exitCode, stdout, stderr } = await world.run(['--help']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const listed = [...stdout.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name);
    expect(listed).toEqual(expect.arrayContaining(commands));
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}4 .*\n {2}5 /);
    expect(stdout).toContain('npm run --silent ops -- list');
  });

  it.each(commands)('of %s has an example and the global options', async (command) => {
    const world = await startOpsWorld();

    const { exitCode, stdout } = await world.run([command, '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`npm run --silent ops -- ${command}`);
    expect(stdout).toContain('--profile <name>');
    expect(stdout).toContain('--json');
  });

  it('is shown if no command is given', async () => {
    const world = await startOpsWorld();

    const { exitCode, stdout, stderr } = await world.run([]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Usage: ops');
    expect(stderr).toContain('no command is given');
  });

  it('prints the version', async () => {
    const world = await startOpsWorld();

    expect(await world.run(['--version'])).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
  });
});

describe('a command line that is not understood', () => {
  const cases: [string, string[], RegExp][] = [
    ['an unknown command', ['stats'], /unknown command 'stats'\n\(Did you mean status\?\)/],
    ['an unknown option', ['list', '--all'], /unknown option '--all'/],
    ['too many arguments', ['status', 'acme', 'beta'], /too many arguments/],
    ['a missing argument', ['seed'], /missing required argument 'name'/],
    [
      'a Region that does not exist',
      ['list', '--region', 'Ireland'],
      /'--region <region>' argument is invalid. A Region looks like/,
    ],
    ['a malformed address', ['list', '--endpoint-url', 'x'], /It must be a URL such as/],
    ['a malformed name', ['status', 'Acme'], /name must be 1 to 63 lower-case letters/],
  ];

  it.each(cases)('is refused: %s', async (_, argv, message) => {
    const world = await startOpsWorld();

    const { exitCode, stdout, stderr } = await world.run([...argv]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nAdd --help to see the commands and options\.\n$/);
    expect(world.aws.calls).toEqual([]);
  });

  it.each(cases)('is refused as JSON if that is asked for: %s', async (_, argv, message) => {
    const world = await startOpsWorld();

    const ran = await world.run([...argv, '--json']);

    expect(ran).toMatchObject({ exitCode: 2, stderr: '' });
    const expected = { code: 'Usage', message: expect.stringMatching(message) };
    expect(ran.json()).toEqual({ error: expected });
  });

  it.each([
    ['as an argument', (secret: string) => ['seed', secret]],
    ['as an option', (secret: string) => ['seed', 'acme', `--client-secret=${secret}`]],
  ])('does not show a secret that was given %s', async (_, argv) => {
    const world = await startOpsWorld();

    const { exitCode, stderr } = await world.run(argv(`S${world.nextSecret()}`));

    // What is shown is searched for it when the test ends.
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/is invalid|unknown option '--client-secret'/);
  });
});

describe('if AWS does not do what it is asked', () => {
  it('says that it cannot be reached', async () => {
    const world = await startOpsWorld();
    await world.aws.close();

    const text = await world.run(['list']);
    const json = await world.run(['list', '--json']);

    const message = expect.stringMatching(
      /^AWS could not be reached \(ECONNREFUSED\).*npm run demo/,
    );
    expect(text).toMatchObject({ exitCode: 5, stdout: '', stderr: message });
    expect(json).toMatchObject({ exitCode: 5, stderr: '' });
    const where = { account: null, region: 'us-east-1' };
    expect(json.json()).toEqual({ error: { code: 'Unavailable', message, ...where } });
  });

  it('names the action that is denied', async () => {
    const world = await startOpsWorld({ authorize: () => false });

    const text = await world.run(['list']);
    const json = await world.run(['list', '--json']);

    const message = expect.stringMatching(/^AWS denies access: .*ssm:GetParametersByPath/);
    expect(text).toMatchObject({ exitCode: 5, stdout: '', stderr: message });
    const where = { account: '123456789012', region: 'us-east-1' };
    expect(json.json()).toEqual({ error: { code: 'Unavailable', message, ...where } });
  });

  it('names its error, and no more of it', async () => {
    const world = await startOpsWorld();
    world.aws.orderFault({ service: 'ssm', kind: 'internal', calls: 'untilCancelled' });

    const ran = await world.run(['list']);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toBe(
      'AWS answered with InternalServerError. Nothing more was done.\n' +
        '(account 123456789012, Region us-east-1)\n',
    );
  });

  it('says that no Region is set', async () => {
    const { exitCode, stdout, stderr } = await runPiped(['list']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe('No AWS Region is set: use --region, or set AWS_REGION.\n');
  });

  it('takes the Region of AWS_DEFAULT_REGION, before that of the profile', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ops-'));
    const AWS_CONFIG_FILE = path.join(dir, 'config');
    writeFileSync(AWS_CONFIG_FILE, '[profile there]\nregion = us-east-1\n');

    const profile = await runPiped(['list', '--profile', 'there'], { env: { AWS_CONFIG_FILE } });
    const variable = await runPiped(['list', '--profile', 'there'], {
      env: { AWS_CONFIG_FILE, AWS_DEFAULT_REGION: 'eu-west-1' },
    });

    expect(profile.stderr).toContain('(Region us-east-1)');
    expect(variable.stderr).toContain('(Region eu-west-1)');
  });

  it.each([
    ['--profile', ['--profile', 'nope'], {}, 'There is no profile "nope" in'],
    ['AWS_PROFILE', [], { AWS_PROFILE: 'nope' }, 'no profile "nope", which AWS_PROFILE names, in'],
  ])('names an unknown profile of %s, and those there are', async (_, options, env, expected) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ops-'));
    const AWS_CONFIG_FILE = path.join(dir, 'config');
    writeFileSync(AWS_CONFIG_FILE, '[default]\n[profile production]\nregion = us-east-1\n');

    const ran = await runPiped(['list', ...options], { env: { AWS_CONFIG_FILE, ...env } });

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).toContain('there is default, production.\n');
  });

  it('names the MFA device that a profile wants a code of, if nobody can be asked', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ops-'));
    const AWS_CONFIG_FILE = path.join(dir, 'config');
    const mfa = 'arn:aws:iam::123456789012:mfa/jo';
    writeFileSync(
      AWS_CONFIG_FILE,
      `[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n[profile admin]\n` +
        `source_profile = base\nrole_arn = arn:aws:iam::123456789012:role/admin\nmfa_serial = ${mfa}\n` +
        'region = us-east-1\n',
    );

    const ran = await runPiped(['list', '--profile', 'admin'], { env: { AWS_CONFIG_FILE } });

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`wants a code of the MFA device ${mfa} (mfa_serial)`);
  });

  it('says that nobody is signed in', async () => {
    const text = await runPiped(['list', '--region', 'eu-west-1']);
    const json = await runPiped(['list', '--region', 'eu-west-1', '--json']);

    expect(text).toMatchObject({ exitCode: 5, stdout: '' });
    expect(text.stderr).toMatch(/^AWS takes no credentials from here \(CredentialsProviderError\)/);
    expect(json).toMatchObject({ exitCode: 5, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'Unavailable' } });
  });
});

describe('the program', () => {
  it('prints no colours into a pipe', async () => {
    const world = await startOpsWorld({ function: printingFunction, now: Date.now });
    install(world);

    const ran = await runPiped(['status', '--local', '--endpoint-url', world.aws.url]);

    expect(ran).toMatchObject({ exitCode: 4, stderr: '' });
    expect(ran.stdout).toContain('acme');
    expect(ran.stdout).not.toContain('\u001b');
  });

  it('prints no colours if NO_COLOR is set', async () => {
    const world = await startOpsWorld({ function: printingFunction, now: Date.now });
    install(world);

    const session = world.open(['status'], { NO_COLOR: '1' });
    await session.ended;

    expect(session.text).toContain('acme');
    expect(session.raw).not.toContain('\u001b[3');
  });

  it('ends at once if a question is answered by Ctrl-C', async () => {
    const world = await startOpsWorld({ now: Date.now });

    const session = world.open(['seed', 'acme']);
    await session.sees('?');
    session.interrupts();
    const exitCode = await session.ended;

    expect(exitCode).toBe(130);
    expect(session.text).toContain('Interrupted. Nothing more was done.');
  });
});
