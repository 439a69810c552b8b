import { getToken } from '../../../lambda/reader';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { setEnvironment } from '../../support/environment';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { StoredConnection } from '../../support/storedConnection';
import { readsOf, tokenSet } from './readerWorld';

async function startSecret(connection: string) {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const stored = new StoredConnection(aws, connection);
  stored.put(tokenSet('one', Date.now()));
  setEnvironment(rotatorEnvironment(aws.url));
  return { aws, stored };
}

it('a token set is read by the name of its connection, once for all who ask', async () => {
  const { aws } = await startSecret('acme');

  const [first, second] = await Promise.all([getToken('acme'), getToken('acme')]);
  const later = await getToken('acme');

  expect([first, second, later].map(({ accessToken }) => accessToken)).toEqual([
    ...['access-one', 'access-one', 'access-one'],
  ]);
  expect(readsOf(aws)).toBe(1);
});

it('is read again for who has been refused', async () => {
  const { aws, stored } = await startSecret('beta');
  await getToken('beta');
  stored.put(tokenSet('two', Date.now()));

  const { accessToken } = await getToken('beta', { fresh: true });

  expect(accessToken).toBe('access-two');
  expect(readsOf(aws)).toBe(2);
});

it('a name that no connection can have is refused, and nothing is read', async () => {
  await expect(getToken('no/such')).rejects.toMatchObject({ code: 'InvalidOptions' });
});
