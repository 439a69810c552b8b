import { expect } from '@jest/globals';
import { Redacted } from '../../../lambda/core/redacted';

/** To be imported by each test that compares secrets: Jest sees no private members by itself. */
expect.addEqualityTesters([
  (a, b) => {
    if (!(a instanceof Redacted || b instanceof Redacted)) return undefined;
    return a instanceof Redacted && b instanceof Redacted && a.equals(b);
  },
]);
