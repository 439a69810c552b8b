import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { dispatcherBundle } from '../../scripts/dispatcherBundle';
import { buildFunction } from '../../scripts/functionBuild';
import { rotatorBundle } from '../../scripts/rotatorBundle';

const root = path.join(__dirname, '..', '..');
const bundles = { rotator: rotatorBundle, dispatcher: dispatcherBundle };
const names = Object.keys(bundles) as (keyof typeof bundles)[];

/** Two checkouts elsewhere, one of them deeper down, with both functions built in each. */
const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-')));
const checkouts = [path.join(folder, 'one'), path.join(folder, 'two', 'of', 'them')] as const;

beforeAll(async () => {
  for (const name of names) {
    const files = await filesOf(name);
    for (const checkout of checkouts) {
      for (const file of files) copy(file, checkout);
      const outdir = path.join(checkout, 'dist', name);
      await buildFunction({ ...bundles[name], absWorkingDir: checkout, outdir });
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a bundle is built from: its modules, and what describes the packages they belong to. */
async function filesOf(name: keyof typeof bundles): Promise<string[]> {
  const { metafile } = await build({ ...bundles[name], write: false, metafile: true });
  const modules = Object.keys(metafile.inputs).filter((input) => !/^\w+:/.test(input));
  const packages = new Set(
    modules.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const described = [...packages].flatMap((at) =>
    readdirSync(path.join(root, at))
      .filter((file) => /^(package\.json|licen[cs]e.*)$/i.test(file))
      .map((file) => path.join(at, file)),
  );
  return [...modules, ...described, 'package.json', 'package-lock.json', 'tsconfig.json'];
}

function copy(file: string, checkout: string): void {
  const target = path.join(checkout, file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join(root, file), target);
}

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly 'bom-ref': string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
}

const read = (file: string) => readFileSync(path.join(checkouts[0], 'dist', file), 'utf8');
const componentsOf = (name: string): Component[] => JSON.parse(read(`${name}.cdx.json`)).components;
const nameOf = ({ group, name }: Component) => (group ? `${group}/${name}` : name);

/** As the source map knows them, from which each byte of the bundle can be traced back. */
function packagesInMap(name: string): string[] {
  const { sources } = JSON.parse(read(`${name}/index.mjs.map`));
  const found = sources.flatMap(
    (source: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [],
  );
  return [...new Set<string>(found)].sort();
}

describe.each(names)('the build of the %s', (name) => {
  const files = [
    `${name}/index.mjs`,
    `${name}/index.mjs.map`,
    `${name}.cdx.json`,
    `${name}.licenses.txt`,
  ];

  it.each(files)('gives the same bytes wherever it runs: %s', (file) => {
    const [one, two] = checkouts.map((checkout) => readFileSync(path.join(checkout, 'dist', file)));

    expect(one?.length).toBeGreaterThan(1_000);
    expect(two?.equals(one ?? Buffer.of())).toBe(true);
  });

  it.each(files)('holds nothing of the machine: %s', (file) => {
    const text = read(file);

    expect(text).not.toContain(folder);
    expect(text).not.toContain(root);
    expect(text).not.toContain(os.homedir());
  });

  it('leaves in the function’s folder what is deployed and nothing else', () => {
    expect(readdirSync(path.join(checkouts[0], 'dist', name)).sort()).toEqual([
      'index.mjs',
      'index.mjs.map',
    ]);
  });
});

describe.each(names)('the bill of materials of the %s', (name) => {
  it('lists every package that has a byte in the bundle, and no other', () => {
    const listed = componentsOf(name).map(nameOf).sort();

    expect(listed.length).toBeGreaterThan(5);
    expect(listed).toEqual(packagesInMap(name));
  });

  it('is CycloneDX 1.6 without a time and without a serial number', () => {
    const bom = JSON.parse(read(`${name}.cdx.json`));

    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bom.serialNumber).toBeUndefined();
    expect(bom.metadata.timestamp).toBeUndefined();
  });

  it('has the version, address and hash that the lock file has', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

    for (const component of componentsOf(name)) {
      const locked = packages[`node_modules/${nameOf(component)}`];
      const [{ alg, content } = { alg: '', content: '' }] = component.hashes;
      const integrity = `sha512-${Buffer.from(content, 'hex').toString('base64')}`;
      expect({ version: component.version, alg, integrity }).toEqual({
        version: locked.version,
        alg: 'SHA-512',
        integrity: locked.integrity,
      });
      const purl = `pkg:npm/${nameOf(component).replace('@', '%40')}@${locked.version}`;
      expect(component.purl).toBe(purl);
    }
  });

  it('says what each package is there for, from the function on', () => {
    const { metadata, dependencies } = JSON.parse(read(`${name}.cdx.json`));
    const dependsOn = new Map<string, string[]>(
      dependencies.map((entry: { ref: string; dependsOn?: string[] }) => [
        entry.ref,
        entry.dependsOn ?? [],
      ]),
    );
    const reached = new Set<string>();
    const visit = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      dependsOn.get(ref)?.forEach(visit);
    };

    visit(metadata.component['bom-ref']);

    const unreached = componentsOf(name).filter(({ 'bom-ref': ref }) => !reached.has(ref));
    expect(unreached.map(nameOf)).toEqual([]);
  });

  it('names licences that allow the use, whose texts are kept', () => {
    const allowed = /^(MIT|MIT-0|Apache-2\.0|ISC|BSD-\d-Clause|0BSD)$/;
    const texts = read(`${name}.licenses.txt`);

    for (const component of componentsOf(name)) {
      const [{ license } = { license: { id: '' } }] = component.licenses;
      expect(license.id).toMatch(allowed);
      expect(texts).toContain(`${nameOf(component)} ${component.version} (${license.id})\n`);
    }
    expect(texts).toContain('Apache License');
    expect(texts).toContain('Permission is hereby granted, free of charge');
  });
});
