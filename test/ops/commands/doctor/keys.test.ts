import { earlierKeyFinding, keyFinding } from '../../../../ops/commands/doctor/parameters';
import { known, unread } from '../../../../ops/connection/reading';

const arn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
const key = (state: string, isAwsManaged = false) => known({ arn, state, isAwsManaged });

describe('the check of a key', () => {
  it.each([
    [true, 'AWS managed'],
    [false, `customer managed, ${arn}`],
  ])('is content with one that is enabled (AWS managed: %s)', (isAwsManaged, detail) => {
    expect(keyFinding(key('Enabled', isAwsManaged))).toEqual({ verdict: 'ok', detail });
  });

  it.each([
    ['PendingDeletion', 'cancel-key-deletion'],
    ['PendingReplicaDeletion', 'cancel-key-deletion'],
    ['Disabled', 'enable-key'],
    ['Unavailable', 'kmsKeyArn'],
    ['missing', 'kmsKeyArn'],
  ])('fails for one that is %s', (state, remedy) => {
    expect(keyFinding(key(state))).toEqual({
      verdict: 'fail',
      detail: `The key ${arn} is ${state}: nothing can be read or written under it.`,
      remedy: expect.stringContaining(remedy),
    });
  });

  it('is left out if nothing is known to be encrypted', () => {
    expect(keyFinding(undefined).verdict).toBe('skip');
  });

  it('fails if the key may not be looked at', () => {
    expect(keyFinding(unread('kms:DescribeKey is denied', true))).toMatchObject({
      verdict: 'fail',
      detail: 'kms:DescribeKey is denied',
    });
  });
});

describe('the check of an earlier key', () => {
  const locks = ['/sfmc/acme/client-secret-next', 'sfmc/acme, version 1 (AWSPREVIOUS)'];
  const all = locks.join('; ');

  it('says what it locks, and how that ends', () => {
    const enabled = { arn, state: 'Enabled', isAwsManaged: false };

    expect(earlierKeyFinding('acme', { key: enabled, locks })).toEqual({
      verdict: 'ok',
      detail: `${arn} locks ${all}. Disable it once that is done: npm run ops -- rekey acme`,
    });
  });

  it.each([
    ['PendingDeletion', 'cancel-key-deletion'],
    ['Disabled', 'enable-key'],
    ['missing', 'kmsKeyArn'],
  ])('fails for one that is %s, and says what that locks', (state, remedy) => {
    const key = { arn, state, isAwsManaged: false };

    expect(earlierKeyFinding('acme', { key, locks })).toEqual({
      verdict: 'fail',
      detail: `The key ${arn} is ${state}: it locks ${all}.`,
      remedy: expect.stringContaining(remedy),
    });
  });
});
