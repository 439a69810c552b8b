import { RotationError } from '../../../lambda/core/errors';

describe('a rotation error', () => {
  it('has its code for a name, which Lambda reports as the errorType', () => {
    const cause = new Error('refused');

    const error = new RotationError('ChainBroken', 'Connection "main": no token is left.', {
      cause,
    });

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'ChainBroken', code: 'ChainBroken' });
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('ChainBroken: Connection "main": no token is left.');
  });

  it('names the refused tokens by their fingerprints, and none by default', () => {
    const named = new RotationError('ChainBroken', 'why', { refusedTokens: ['ba7816bf'] });

    expect(named.refusedTokens).toEqual(['ba7816bf']);
    expect(new RotationError('NotSeeded', 'why').refusedTokens).toEqual([]);
  });

  it('has no cause unless it is given one', () => {
    expect(new RotationError('NotSeeded', 'why')).not.toHaveProperty('cause');
  });
});
