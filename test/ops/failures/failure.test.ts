import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { failureOf } from '../../../ops/failures/failure';

const awsError = (name: string, message: string) =>
  Object.assign(new Error(message), { name, $metadata: {} });

describe('a command that was not carried out', () => {
  it.each([
    ['a store', new StoreFailure('Secrets Manager', 'clock', 'PutSecretValue of x failed')],
    [
      'another service',
      awsError('InvalidSignatureException', 'Signature expired: 20261128T080000Z is now earlier'),
    ],
    ['any of them', awsError('RequestTimeTooSkewed', 'skewed')],
  ])('names the clock whose time was refused by %s', (_who, thrown) => {
    expect(failureOf(thrown)).toMatchObject({
      exitCode: 5,
      message: expect.stringMatching(/clock of this machine.*Set the clock of this machine/),
    });
  });

  it('still sends those to sign in whose signature is wrong otherwise', () => {
    const thrown = awsError('InvalidSignatureException', 'The signature does not match');

    expect(failureOf(thrown).message).toContain('AWS takes no credentials from here');
  });

  it('names what takes a secret back that is scheduled for deletion', () => {
    const thrown = new StoreFailure('Secrets Manager', 'deleted', 'it is scheduled for deletion');

    expect(failureOf(thrown)).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('aws secretsmanager restore-secret --secret-id NAME'),
    });
  });
});
