import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  /** It comes in the archive of another one. */
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const packages: Record<string, LockedPackage> = JSON.parse(
  readFileSync(join(__dirname, '..', 'package-lock.json'), 'utf8'),
).packages;

describe('the lock file', () => {
  it('holds no download address, so that it serves any registry', () => {
    const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);

    expect(addresses).toEqual([]);
  });

  it("lists other platforms' packages too, without which `npm ci` refuses it", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );

    expect(missing).toEqual([]);
  });

  it('holds the hash of every archive', () => {
    const unhashed = Object.entries(packages).filter(
      ([path, { integrity, inBundle }]) => path !== '' && !integrity && !inBundle,
    );

    expect(unhashed.map(([path]) => path)).toEqual([]);
  });
});
