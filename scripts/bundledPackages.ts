import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** A package that has bytes in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as its `package.json` has it. */
  readonly license: string;
  readonly licenseText: string;
  /** Names of the packages that it depends on itself, bundled or not. */
  readonly dependencies: readonly string[];
  /** Of its archive, as the lock file has it: `sha512-BASE64` (W3C, "Subresource Integrity"). */
  readonly integrity: string;
}

/**
 * The packages of a bundle, by name and version.
 *
 * @param root the folder that the metafile's paths are relative to
 * @throws Error that names the package whose licence or integrity is nowhere to be found
 */
export function bundledPackages(metafile: Metafile, root: string): BundledPackage[] {
  const lock = readJson(path.join(root, 'package-lock.json'));
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => packageFolder(file) ?? []);
  return [...new Set(folders)]
    .map((folder) => describe(root, folder, lock.packages[folder]?.integrity))
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Those that ask for no copy of themselves, so that not every package brings one. */
const withoutNotice = ['MIT-0', '0BSD'];

const keyOf = ({ name, version }: BundledPackage) => `${name}@${version}`;

/** `node_modules/NAME`, or a longer path if a package has a version of its own of another. */
function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function describe(root: string, location: string, integrity: string | undefined): BundledPackage {
  const folder = path.join(root, location);
  const { name, version, license, dependencies = {} } = readJson(path.join(folder, 'package.json'));
  if (integrity === undefined) throw new Error(`${name}: package-lock.json has no integrity.`);
  if (typeof license !== 'string') throw new Error(`${name}: package.json names no licence.`);
  const licenseText = readLicence(folder) ?? readLicenceOfScope(folder, license);
  if (licenseText === undefined && !withoutNotice.includes(license)) {
    throw new Error(`${name}: there is no file with its licence, ${license}.`);
  }
  return {
    name,
    version,
    license,
    licenseText: licenseText ?? `https://spdx.org/licenses/${license}.html`,
    dependencies: Object.keys(dependencies),
    integrity,
  };
}

/** A few of the packages of one repository have no copy of the licence that the others have. */
function readLicenceOfScope(folder: string, license: string): string | undefined {
  const scope = path.dirname(folder);
  if (!path.basename(scope).startsWith('@')) return undefined;
  const others = readdirSync(scope)
    .sort()
    .map((name) => path.join(scope, name));
  return others
    .filter((other) => readJson(path.join(other, 'package.json')).license === license)
    .map(readLicence)
    .find((text) => text !== undefined);
}

/** With its notice, if there is one: Apache-2.0 (4d) asks for that to be passed on. */
function readLicence(folder: string): string | undefined {
  const names = readdirSync(folder).sort();
  const licence = names.find((name) => /^licen[cs]e([.-]|$)/i.test(name));
  const notice = names.find((name) => /^notice(\.|$)/i.test(name));
  if (licence === undefined) return undefined;
  return [licence, ...(notice ? [notice] : [])]
    .map((name) => readFileSync(path.join(folder, name), 'utf8').trim())
    .join('\n\n');
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
