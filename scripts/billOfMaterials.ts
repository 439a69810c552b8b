import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library';
import type { BundledPackage } from './bundledPackages';

const serializer = new Serialize.JsonSerializer(
  new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6),
);

/**
 * A bundle's bill of materials, in CycloneDX 1.6. It has neither time nor serial number, so that
 * the same bundle has the same bill.
 */
export function billOfMaterials(
  packages: readonly BundledPackage[],
  root: string,
  outdir: string,
): string {
  const project = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const bundle = new Models.Component(Enums.ComponentType.Application, path.basename(outdir), {
    bomRef: `${project.name}/${path.basename(outdir)}`,
    group: project.name,
    version: project.version,
  });
  const components = packages.map(toComponent);
  addDependencies(bundle, components, packages, Object.keys(project.devDependencies));
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: bundle }),
    components: new Models.ComponentRepository(components),
  });
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** A package that none of the others asks for is there since the build puts it there itself. */
function addDependencies(
  bundle: Models.Component,
  components: readonly Models.Component[],
  packages: readonly BundledPackage[],
  ofProject: readonly string[],
): void {
  const asked = new Set(packages.flatMap(({ dependencies }) => dependencies));
  for (const [index, { name }] of packages.entries()) {
    const component = components[index];
    if (component === undefined) continue;
    if (ofProject.includes(name) || !asked.has(name)) bundle.dependencies.add(component.bomRef);
    for (const [at, { dependencies }] of packages.entries()) {
      if (dependencies.includes(name)) components[at]?.dependencies.add(component.bomRef);
    }
  }
}

function toComponent({ name, version, license, integrity }: BundledPackage): Models.Component {
  const [unscoped = name, scope] = name.split('/').reverse();
  const purl = packageUrl(name, version);
  return new Models.Component(Enums.ComponentType.Library, unscoped, {
    bomRef: purl,
    ...(scope && { group: scope }),
    version,
    purl,
    licenses: new Models.LicenseRepository([toLicence(license)]),
    hashes: new Models.HashDictionary([sha512(integrity)]),
  });
}

function toLicence(license: string): Models.License {
  return SPDX.isSupportedSpdxId(license)
    ? new Models.SpdxLicense(license)
    : new Models.LicenseExpression(license);
}

/** The scope is the namespace, its `@` escaped (package-url, "npm"). */
function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${version}`;
}

function sha512(integrity: string): Models.Hash {
  const [, base64 = ''] = /^sha512-([\w+/]+=*)$/.exec(integrity) ?? [];
  if (base64 === '') throw new Error(`${integrity} is no SHA-512.`);
  return [Enums.HashAlgorithm['SHA-512'], Buffer.from(base64, 'base64').toString('hex')];
}
