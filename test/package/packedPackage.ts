import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = path.join(__dirname, '..', '..');

/** A package as `npm pack` makes it. */
export interface PackedPackage {
  /** Holds the tarball and the project, for the caller to delete. */
  readonly folder: string;
  readonly tarball: string;
  /** In the tarball, relative to the package. */
  readonly files: readonly string[];
}

/** Packs what is built already: to build it here would take it away from tests beside this one. */
export function packPackage(): PackedPackage {
  if (!existsSync(path.join(root, 'dist', 'infra'))) {
    throw new Error('dist/infra is missing: run `npm run build:package` first');
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-'));
  const output = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { cwd: root, encoding: 'utf8' },
  );
  const [{ filename, files }] = JSON.parse(output);
  return {
    folder,
    tarball: path.join(folder, filename),
    files: files.map((file: { path: string }) => file.path).sort(),
  };
}

/**
 * Installs the package into a project as npm would, except for its dependencies: no registry may be
 * asked, so they are links to this repository's, which the lock file has fixed. The package itself
 * is no link, so that it finds nothing but what it was packed with.
 */
export function installPackage({ folder, tarball }: PackedPackage, project: string): void {
  const installed = path.join(project, 'node_modules');
  mkdirSync(installed, { recursive: true });
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(installed, name));
  }
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  renameSync(path.join(folder, 'package'), path.join(installed, 'sfmc-token-rotator'));
}
