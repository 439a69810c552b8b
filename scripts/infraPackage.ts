import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { writeContents } from './functionBuild';
import { packageBundle, root } from './packageBundle';

const outdir = path.join(root, 'dist', 'infra');

/**
 * Builds what CDK apps import. ECMAScript modules get a wrapper of the CommonJS module, as the CDK
 * is one itself: so an app that loads both has each class once, and `instanceof` holds (Node.js,
 * "Dual CommonJS/ES module packages").
 */
export async function buildInfra(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...packageBundle,
    // Whatever else is needed is in it: a CDK app installs nothing for it.
    packages: 'bundle',
    external: ['aws-cdk-lib', 'constructs', 'sfmc-token-rotator'],
    mainFields: ['module', 'main'],
    metafile: true,
    entryPoints: { index: 'infra/index.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  });
  writeContents(metafile, root, outdir);
  writeFileSync(path.join(outdir, 'index.mjs'), "export * from './index.cjs';\n");
  emitDeclarations();
}

function emitDeclarations(): void {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'infra'], { cwd: root, stdio: 'inherit' });
  const declarations = path.join(outdir, 'declarations');
  const entry = path.join(declarations, 'infra', 'index.d.ts');
  keepOnly(declarations, reachableFrom(entry));
  for (const extension of ['.d.mts', '.d.cts']) {
    const text = "export * from './declarations/infra/index.js';\n";
    writeFileSync(path.join(outdir, `index${extension}`), text);
  }
}

/** TypeScript emits a file for every source; users need those that the entry's types name. */
function reachableFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [specifier] of text.matchAll(/(?<=(?:from |import\()['"])\.[^'"]+(?=['"])/g)) {
    reachableFrom(path.join(path.dirname(file), `${specifier}.d.ts`), reached);
  }
  return reached;
}

function keepOnly(folder: string, files: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(file)) rmSync(file);
  }
}
