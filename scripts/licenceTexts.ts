import type { BundledPackage } from './bundledPackages';

/** What the licences of bundled packages ask for: their texts, each once, under those it is of. */
export function licenceTexts(packages: readonly BundledPackage[]): string {
  const headings = new Map<string, string[]>();
  for (const { name, version, license, licenseText } of packages) {
    const heading = `${name} ${version} (${license})`;
    headings.set(licenseText, [...(headings.get(licenseText) ?? []), heading]);
  }
  return [...headings]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
