import { rmSync, writeFileSync } from 'node:fs';
import { build, type Metafile } from 'esbuild';
import { billOfMaterials } from './billOfMaterials';
import { type BundledPackage, bundledPackages } from './bundledPackages';
import type { rotatorBundle } from './rotatorBundle';

export type FunctionBundle = Pick<typeof rotatorBundle, 'absWorkingDir' | 'outdir'>;

/**
 * Leaves a function in its folder as it is deployed, one ECMAScript module and its source map, and
 * beside the folder what it is made of: `NAME.cdx.json`, a CycloneDX bill of materials, and
 * `NAME.licenses.txt`. The same sources give the same bytes.
 */
export async function buildFunction(bundle: FunctionBundle): Promise<void> {
  const { absWorkingDir: root, outdir } = bundle;
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({ ...bundle, metafile: true });
  writeContents(metafile, root, outdir);
}

/** Leaves beside a bundle's folder the packages that it is made of, and their licences. */
export function writeContents(metafile: Metafile, root: string, outdir: string): void {
  const packages = bundledPackages(metafile, root);
  writeFileSync(`${outdir}.cdx.json`, billOfMaterials(packages, root, outdir));
  writeFileSync(`${outdir}.licenses.txt`, licenceTexts(packages));
}

/** What the licences of bundled packages ask for: their texts, each once, under those it is of. */
function licenceTexts(packages: readonly BundledPackage[]): string {
  const headings = new Map<string, string[]>();
  for (const { name, version, license, licenseText } of packages) {
    const heading = `${name} ${version} (${license})`;
    headings.set(licenseText, [...(headings.get(licenseText) ?? []), heading]);
  }
  return [...headings]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
