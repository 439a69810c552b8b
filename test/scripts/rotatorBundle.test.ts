import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { dispatcherBundle } from '../../scripts/dispatcherBundle';
import { rotatorBundle } from '../../scripts/rotatorBundle';

/** What each package puts into the bundle, in bytes. */
function bytesByPackage({ outputs }: Metafile): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = 'lambda'] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      if (bytesInOutput > 0) bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return bytes;
}

const bundles = [
  { of: 'rotator', options: rotatorBundle, clients: [], most: 150_000 },
  { of: 'dispatcher', options: dispatcherBundle, clients: ['ssm', 'sqs'], most: 200_000 },
] as const;

describe.each(bundles)('the bundle of the $of', ({ options, clients, most }) => {
  let metafile: Metafile;
  beforeAll(async () => {
    ({ metafile } = await build({ ...options, write: false, metafile: true }));
  });

  const packagesLike = (pattern: RegExp) =>
    [...bytesByPackage(metafile).keys()].filter((name) => pattern.test(name));

  it("knows no credentials but the environment's", () => {
    expect(packagesLike(/credential|token-providers|nested-clients/)).toEqual(
      clients.length > 0 ? ['@aws-sdk/credential-provider-env'] : [],
    );
  });

  it("has the SDK's clients that it needs, without error classes and unused operations", () => {
    const bytes = bytesByPackage(metafile);

    const names = clients.map((client) => `@aws-sdk/client-${client}`);
    expect(packagesLike(/^@aws-sdk\/client-/).sort()).toEqual([...names].sort());
    for (const name of names) expect(bytes.get(name)).toBeLessThan(10_000);
  });

  it('has no event streams', () => {
    const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));

    expect(files.filter((file) => /event-?stream/i.test(path.basename(file)))).toEqual([]);
  });

  it("has no hashes beside Node.js's, and signs neither events nor for several Regions", () => {
    const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const unused = /(Sha256Js|Md5Js|HeaderFormatter)\.js$|signature-v4-multi-region/;

    const bytes = files
      .filter(([file]) => unused.test(file))
      .map(([, { bytesInOutput }]) => bytesInOutput);

    expect(bytes.filter((each) => each > 100)).toEqual([]);
  });

  it('knows no more of a package than its version', () => {
    const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));

    const bytes = files
      .filter(([file]) => path.basename(file) === 'package.json')
      .map(([, { bytesInOutput }]) => bytesInOutput);

    expect(bytes).toHaveLength(clients.length);
    expect(Math.max(0, ...bytes)).toBeLessThan(50);
  });

  it('imports no module of Node.js at its start but the one that gives it a require', () => {
    const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
    const atStart = imports.filter(({ kind }) => kind === 'import-statement');

    expect(atStart).toEqual([]);
    expect(options.banner.js.match(/from'[^']*'/g)).toEqual(["from'node:module'"]);
  });

  it('is small', () => {
    const [bytes] = Object.entries(metafile.outputs)
      .filter(([file]) => path.extname(file) === '.mjs')
      .map(([, output]) => output.bytes);

    expect(bytes).toBeLessThan(most);
  });
});
