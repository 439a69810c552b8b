import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startAwsLocal } from '../../../local/aws/server';
import { describeOnMoto } from '../../conformance/motoServer';
import { closeAfterTest } from '../../support/closing';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
import { StoredConnection } from '../../support/storedConnection';
import { readsOf, tokenSet } from './readerWorld';

const cwd = path.join(__dirname, '..', '..', '..', 'examples', 'python');
const { PATH = '', HOME = '' } = process.env;
const environment = { PATH, HOME, PYTHONDONTWRITEBYTECODE: '1' };

const program = `
from sfmc_token_reader import TokenReader
reader = TokenReader("example")
print(reader.get_json("/data")["mark"], reader.get_json("/data")["mark"])
`;

function describeWhere(hasIt: boolean, name: string, missing: string, tests: () => void): void {
  if (!hasIt) process.stderr.write(`Skipped: ${name}. ${missing}\n`);
  describe(name, hasIt ? tests : () => it.skip(`is not tested: ${missing}`, () => {}));
}

/** A REST interface that takes the token "one". */
const startApi = () =>
  startScriptedServer((response, { headers }) =>
    headers.authorization === 'Bearer access-one'
      ? response.end('{"mark":"kept"}')
      : response.writeHead(401).end(),
  );

async function runProgram(awsUrl: string) {
  const env = { ...environment, ...rotatorEnvironment(awsUrl), AWS_DEFAULT_REGION: 'us-east-1' };
  const { stdout } = await promisify(execFile)('python3', ['-c', program], { cwd, env });
  return stdout.trim();
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;

describeWhere(hasPython, 'the reader in Python', 'There is no python3.', () => {
  it('passes the tests beside it', async () => {
    const { stderr } = await promisify(execFile)('python3', ['-m', 'unittest'], {
      cwd,
      env: environment,
    });

    expect(stderr).toMatch(/^Ran [1-9]\d+ tests/m);
    expect(stderr).toMatch(/^OK$/m);
  });
});

describeWhere(hasBoto3, 'the reader in Python by boto3', 'python3 has no boto3.', () => {
  it('reads once from Secrets Manager', async () => {
    const aws = await startAwsLocal();
    closeAfterTest(() => aws.close());
    const { url } = await startApi();
    const stored = new StoredConnection(aws, 'example');
    stored.put(tokenSet('one', Date.now(), { restBaseUrl: url }));

    expect(await runProgram(aws.url)).toBe('kept kept');
    expect(readsOf(aws)).toBe(1);
  });

  it("names AWS's refusal and nothing else of it", async () => {
    const aws = await startAwsLocal();
    closeAfterTest(() => aws.close());

    await expect(runProgram(aws.url)).rejects.toThrow(
      'the secret sfmc/example cannot be read: ResourceNotFoundException.',
    );
  });

  describeOnMoto('on moto', (server) => {
    it('reads from Secrets Manager', async () => {
      const { url: endpoint } = server();
      const { url } = await startApi();
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
      closeAfterTest(() => client.destroy());
      const SecretString = JSON.stringify(tokenSet('one', Date.now(), { restBaseUrl: url }));
      await client.send(new CreateSecretCommand({ Name: 'sfmc/example', SecretString }));

      expect(await runProgram(endpoint)).toBe('kept kept');
    });
  });
});
