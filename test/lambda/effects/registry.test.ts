import { createRegistry } from '../../../lambda/effects/registry';
import { startAwsLocal } from '../../../local/aws/server';
import { connectClients } from '../../support/awsClients';
import { closeAfterTest } from '../../support/closing';

async function prepare() {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const put = (Name: string, Type: 'String' | 'SecureString' = 'String') =>
    aws.parameterStore.putParameter({ Name, Value: 'value', Type });
  const registry = createRegistry(connectClients(aws.url).ssm, '/sfmc/');
  const pages = async () => {
    const all: (readonly string[])[] = [];
    for await (const page of registry.pages()) all.push(page);
    return all;
  };
  return { aws, put, pages };
}

it('gives the connections that have a config, page by page', async () => {
  const { aws, put, pages } = await prepare();
  const names = Array.from(
    { length: 12 },
    (_, nth) => `connection-${String(nth).padStart(2, '0')}`,
  );
  for (const name of names) put(`/sfmc/${name}/config`);

  const found = await pages();

  expect(found.map((page) => page.length)).toEqual([10, 2]);
  expect(found.flat().sort()).toEqual(names);
  expect(aws.calls.map(({ operation }) => operation)).toEqual([
    'GetParametersByPath',
    'GetParametersByPath',
  ]);
});

it("takes nothing else for a connection: its secrets, another's parameters, a wrong name", async () => {
  const { put, pages } = await prepare();
  put('/sfmc/acme/config');
  put('/sfmc/acme/client-secret', 'SecureString');
  put('/sfmc/secret-only/config', 'SecureString');
  put('/sfmc/globex/notes');
  put('/sfmc/Wrong/config');
  put('/sfmc/deep/er/config');
  put('/other/initech/config');

  expect((await pages()).flat()).toEqual(['acme']);
});

it('fails if Parameter Store does', async () => {
  const { aws, pages } = await prepare();
  aws.orderFault({ kind: 'deny' });

  await expect(pages()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
