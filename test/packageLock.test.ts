import lock from '../package-lock.json';

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const packages: Record<string, LockedPackage> = lock.packages;

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
});
