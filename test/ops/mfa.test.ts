import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { toXml } from '../../local/aws/protocols/query';
import { closeAfterTest } from '../support/closing';
import { printingFunction } from './support/installed';
import { startOpsWorld } from './support/opsWorld';
import { TerminalSession } from './support/terminalSession';

const device = 'arn:aws:iam::123456789012:mfa/jo';
const assumed = 'ASIAASSUMED';

const config = `[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = secret
region = us-east-1
[profile admin]
source_profile = base
role_arn = arn:aws:iam::123456789012:role/admin
mfa_serial = ${device}
region = us-east-1
`;

/** STS, as far as it lets somebody take a role with a device's code; what it was asked. */
async function startSts(code: string) {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (message, response) => {
    const input = new URLSearchParams(await text(message));
    const operation = input.get('Action') ?? '';
    const isRefused = operation === 'AssumeRole' && input.get('TokenCode') !== code;
    asked.push(input);
    response.writeHead(isRefused ? 403 : 200, { 'content-type': 'text/xml' });
    response.end(isRefused ? refusal() : answer(operation));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterTest(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    roles: () => asked.filter((input) => input.get('Action') === 'AssumeRole'),
  };
}

const refusal = () =>
  toXml({
    ErrorResponse: {
      Error: {
        Type: 'Sender',
        Code: 'AccessDenied',
        Message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      },
    },
  });

const answer = (operation: string) =>
  toXml({
    [`${operation}Response`]: {
      [`${operation}Result`]: {
        Account: '123456789012',
        Arn: 'arn:aws:sts::123456789012:assumed-role/admin/jo',
        UserId: 'jo',
        Credentials: {
          AccessKeyId: assumed,
          SecretAccessKey: 'secret',
          SessionToken: 'session',
          Expiration: new Date(Date.now() + 3_600_000).toISOString(),
        },
      },
    },
  });

async function openWithMfa(code: string) {
  const callers = new Set<string>();
  const world = await startOpsWorld({
    function: printingFunction,
    now: Date.now,
    authorize: ({ accessKeyId }) => {
      callers.add(accessKeyId);
      return true;
    },
  });
  const sts = await startSts(code);
  const AWS_CONFIG_FILE = path.join(mkdtempSync(path.join(tmpdir(), 'ops-')), 'config');
  writeFileSync(AWS_CONFIG_FILE, config);
  const session = new TerminalSession(['status', 'acme', '--profile', 'admin'], {
    AWS_CONFIG_FILE,
    AWS_SHARED_CREDENTIALS_FILE: AWS_CONFIG_FILE,
    AWS_ENDPOINT_URL: world.aws.url,
    AWS_ENDPOINT_URL_STS: sts.url,
  });
  closeAfterTest(async () => {
    session.kill();
    await session.ended;
  });
  return { session, sts, callers };
}

describe('a profile with an MFA device, in a terminal', () => {
  it('asks for the code once, and goes on with the credentials that it brings', async () => {
    const { session, sts, callers } = await openWithMfa('123456');

    await session.sees(`Code of the MFA device ${device}:`);
    session.types('123456');
    await session.sees('connection:');

    // Not seeded.
    expect(await session.ended).toBe(4);
    expect(sts.roles().map((input) => input.get('SerialNumber'))).toEqual([device]);
    expect([...callers]).toEqual([assumed]);
  });

  it('says that AWS refuses the code if it is wrong, and asks for no other', async () => {
    const { session, sts, callers } = await openWithMfa('123456');

    await session.sees(`Code of the MFA device ${device}:`);
    session.types('654321');
    await session.sees('MultiFactorAuthentication failed');

    expect(await session.ended).toBe(2);
    expect([...callers]).toEqual([]);
    expect(sts.roles()).toHaveLength(1);
  });

  it('ends by Ctrl-C at the question', async () => {
    const { session, sts } = await openWithMfa('123456');

    await session.sees(`Code of the MFA device ${device}:`);
    session.interrupts();

    expect(await session.ended).toBe(130);
    expect(sts.roles()).toEqual([]);
  });
});
