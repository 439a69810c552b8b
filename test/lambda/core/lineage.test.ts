import fc from 'fast-check';
import { isChildOf, versionIdOf } from '../../../lambda/core/lineage';

const text = fc.string({ unit: 'binary' });

describe("the id of a version that follows another's", () => {
  it('is a UUID in shape, which Secrets Manager takes for a ClientRequestToken', () => {
    fc.assert(
      fc.property(text, text, (parent, written) => {
        expect(versionIdOf(parent, written)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it('is the SHA-256 of both, so that it can be computed in any language', () => {
    // printf 'parent\ntext' | sha256sum
    expect(versionIdOf('parent', 'text')).toBe('9e97c6aa-5efe-da5d-9ed6-d405b5751828');
  });

  it('is the same for the same write, and another for any other', () => {
    expect(versionIdOf('a', 'text')).toBe(versionIdOf('a', 'text'));
    fc.assert(
      fc.property(text, text, text, (parent, written, other) => {
        if (written === other) return;
        expect(versionIdOf(parent, written)).not.toBe(versionIdOf(parent, other));
        expect(versionIdOf(written, parent)).not.toBe(versionIdOf(other, parent));
      }),
    );
  });
});

describe('a version descends from another', () => {
  const child = { versionId: versionIdOf('parent', 'written'), text: 'written' };

  it('if its id was made of that one and its text', () => {
    expect(isChildOf('parent', child)).toBe(true);
  });

  it('and not if a person wrote it, nor from any other version, nor with another text', () => {
    expect(isChildOf('parent', { ...child, versionId: 'by-hand' })).toBe(false);
    expect(isChildOf('another', child)).toBe(false);
    expect(isChildOf('parent', { ...child, text: 'another' })).toBe(false);
    expect(isChildOf('', child)).toBe(false);
  });
});
