import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startAwsLocal } from '../../local/aws/server';
import { startProviderSimulator } from '../../local/provider/server';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { StoredConnection } from '../support/storedConnection';
import { installPackage, type PackedPackage, packPackage, root } from './packedPackage';

let packed: PackedPackage;
/** A copy of `examples/embed` with the package among its packages. */
let project: string;

beforeAll(() => {
  packed = packPackage();
  project = path.join(packed.folder, 'embed');
  cpSync(path.join(root, 'examples', 'embed'), project, { recursive: true });
  installPackage(packed, project);
  // NodejsFunction takes the folder of the lock file for that of the project.
  writeFileSync(path.join(project, 'package-lock.json'), '{}');
  synthesize();
});
afterAll(() => rmSync(packed.folder, { recursive: true }));

const tool = (...names: string[]) => path.join(root, 'node_modules', ...names);
const output = () => path.join(project, 'cdk.out');

/** As `cdk synth --no-validation` does it, which passes these variables. */
function synthesize() {
  const env = { ...process.env, CDK_OUTDIR: output(), CDK_VALIDATION: 'false' };
  execFileSync(process.execPath, [tool('tsx', 'dist', 'cli.mjs'), 'app.ts'], {
    cwd: project,
    env,
    stdio: 'pipe',
  });
}

function resources(type: string): Record<string, unknown>[] {
  const { Resources } = JSON.parse(
    readFileSync(path.join(output(), 'Campaigns.template.json'), 'utf8'),
  );
  return Object.values<{ Type: string; Properties: Record<string, unknown> }>(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/** The folder that is deployed as a function's code. */
function deployedFolder(description: RegExp | undefined): string {
  const code = resources('AWS::Lambda::Function').find(({ Description }) =>
    description ? description.test(String(Description)) : Description === undefined,
  )?.Code as { S3Key: string };
  return path.join(output(), `asset.${path.basename(code.S3Key, '.zip')}`);
}

/** A connection whose token the provider takes. */
async function startServers() {
  const [aws, provider] = await Promise.all([startAwsLocal(), startProviderSimulator()]);
  for (const server of [aws, provider]) closeAfterTest(() => server.close());
  const { clientId, clientSecret, refreshToken, model, url } = provider;
  const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
  const nowMs = Date.now();
  const { status, body } = model.requestToken(request, nowMs);
  if (status !== 200) throw new Error('the refresh was refused');
  const { expiresIn, ...tokens } = body;
  new StoredConnection(aws, 'example').put({
    ...tokens,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + expiresIn * 1_000).toISOString(),
    restBaseUrl: url,
  });
  return { aws, provider };
}

/** Has a process of its own call the handler, with the SDK beside it as in Lambda's runtime. */
async function invoke(bundle: string, awsUrl: string): Promise<unknown> {
  const script = `
    require(${JSON.stringify(bundle)}).handler()
      .then((result) => console.log(JSON.stringify(result)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], {
    env: rotatorEnvironment(awsUrl),
  });
  return JSON.parse(stdout);
}

describe('an app that embeds the rotation', () => {
  // Any name that no registry has can be taken there by a stranger.
  it('names the packed file, and asks no registry for the package', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));

    expect(dependencies['sfmc-token-rotator']).toBe(`file:../../${path.basename(packed.tarball)}`);
  });

  it('compiles as ECMAScript modules and as CommonJS modules', () => {
    const sources = ['app.ts', 'consumer.ts'];
    const files = ['module', 'commonjs'].flatMap((type) => {
      const folder = path.join(project, type);
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type }));
      for (const file of sources) cpSync(path.join(project, file), path.join(folder, file));
      return sources.map((file) => path.join(type, file));
    });
    const config = 'tsconfig.both.json';
    writeFileSync(
      path.join(project, config),
      JSON.stringify({ extends: './tsconfig.json', files }),
    );
    const { status, stdout } = spawnSync(
      process.execPath,
      [tool('typescript', 'bin', 'tsc'), '-p', config],
      { cwd: project, encoding: 'utf8' },
    );

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('has in its stack what the rotation is made of', () => {
    const names = resources('AWS::SecretsManager::Secret').map(({ Name }) => Name);

    expect(names).toEqual(['sfmc/example']);
    expect(resources('AWS::Scheduler::Schedule')).toHaveLength(1);
    expect(resources('AWS::Lambda::EventSourceMapping')).toHaveLength(1);
    expect(resources('AWS::SQS::Queue')).toContainEqual(
      expect.objectContaining({ FifoQueue: true, RedrivePolicy: expect.anything() }),
    );
    expect(resources('AWS::CloudWatch::Alarm').length).toBeGreaterThan(0);
  });

  it("deploys the rotator that the package brings, its module and the module's map", () => {
    const deployed = deployedFolder(/Keeps Marketing Cloud access tokens fresh/);

    expect(readdirSync(deployed).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect(readFileSync(path.join(deployed, 'index.mjs'))).toEqual(
      readFileSync(path.join(project, 'node_modules/sfmc-token-rotator/dist/rotator/index.mjs')),
    );
  });

  it('has a function whose bundle reads the token from Secrets Manager', async () => {
    const { aws, provider } = await startServers();
    const bundle = path.join(deployedFolder(undefined), 'index.js');

    const result = await invoke(bundle, aws.url);

    // The provider answers so to a valid token only.
    expect(result).toEqual({ status: 202 });
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
    expect(provider.requests.map((request) => request.path)).toEqual(['/platform/v1/tokenContext']);
    expect(readFileSync(bundle, 'utf8')).not.toMatch(/aws-cdk-lib|PutSecretValue/);
  });

  it('has each class once, whether it imports or requires it', () => {
    const script = `
      import { createRequire } from 'node:module';
      import * as imported from 'sfmc-token-rotator/infra';
      const required = createRequire(import.meta.url)('sfmc-token-rotator/infra');
      const names = Object.keys(required);
      console.log(JSON.stringify(names.filter((name) => imported[name] === required[name])));`;
    writeFileSync(path.join(project, 'classes.mjs'), script);

    const printed = execFileSync(process.execPath, ['classes.mjs'], {
      cwd: project,
      encoding: 'utf8',
    });

    expect(JSON.parse(printed).sort()).toEqual([
      'ConfigurationError',
      'TokenRotation',
      'TokenRotationFleet',
      'TokenRotationFleetMonitoring',
      'TokenRotationFleetStack',
      'TokenRotationMonitoring',
      'TokenRotationStack',
    ]);
  });
});
