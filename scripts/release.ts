import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const usage = 'npm run release -- VERSION [--dry-run]';

/** Why there is no release: nothing was changed, or what was changed is still uncommitted. */
export class ReleaseRefused extends Error {
  override readonly name = 'ReleaseRefused';
}

interface Release {
  readonly version: string;
  /** Of the release before. */
  readonly before: string;
  /** Of the day of the release, in UTC: `2026-01-31`. */
  readonly date: string;
}

/** What has to pass. It takes hours. */
const proofs = ['.ci/run', 'npm run --silent simulate -- --seeds 1000000'];

/** A file that names the version, and how it is changed. */
const changes: readonly (readonly [file: string, change: (text: string, of: Release) => string])[] =
  [
    ['package.json', (text, { before, version }) => replaced(text, named(before), named(version))],
    [
      'package-lock.json',
      // The project is named twice: at the head, and among its packages.
      (text, { before, version }) =>
        replaced(replaced(text, named(before), named(version)), named(before), named(version)),
    ],
    [
      'examples/embed/package.json',
      (text, { before, version }) => replaced(text, `-${before}.tgz`, `-${version}.tgz`),
    ],
    [
      'CHANGELOG.md',
      (text, { version, date }) =>
        replaced(text, '## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`),
    ],
  ];

const named = (version: string) => `"version": "${version}"`;

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new ReleaseRefused(`${JSON.stringify(from)} is not there`);
  return text.replace(from, () => to);
}

/**
 * Makes a release of the project in `root`: proves it, sets the version, dates the changelog, keeps the
 * templates that the next version's upgrade is measured by, commits, and tags. It pushes and deploys
 * nothing. A dry run checks what can be checked at once, and says what would be done.
 *
 * @throws ReleaseRefused
 */
export function release(root: string, args: readonly string[], now = new Date()): void {
  const { version, isDryRun } = parse(args);
  const { version: before } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const tag = `v${version}`;
  check(root, version, before, tag);
  const of = { version, before, date: now.toISOString().slice(0, 10) };
  const changed = changes.map(([file, change]) => {
    const full = path.join(root, file);
    return { file, full, text: change(readFileSync(full, 'utf8'), of) };
  });
  const run = (command: string) => {
    console.log(`> ${command}`);
    if (!isDryRun) runIn(root, command);
  };

  for (const proof of proofs) run(proof);
  if (!isDryRun) checkClean(root);
  for (const { file, full, text } of changed) {
    console.log(`> ${file}: ${before} becomes ${version}`);
    if (!isDryRun) writeFileSync(full, text);
  }
  run('npm run --silent release:template');
  run('git add --all');
  run(`git commit --quiet --message "Release ${version}"`);
  run(`git tag --annotate ${tag} --message "Release ${version}"`);
  console.log(
    isDryRun ? 'Nothing was done.' : `${tag} is there. Push it, deploy it, and pack it: npm pack`,
  );
}

function parse(args: readonly string[]): { readonly version: string; readonly isDryRun: boolean } {
  const [version = '', ...others] = args.filter((arg) => arg !== '--dry-run');
  if (others.length > 0 || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new ReleaseRefused(`a version such as 1.2.3 is needed: ${usage}`);
  }
  return { version, isDryRun: args.includes('--dry-run') };
}

function check(root: string, version: string, before: string, tag: string): void {
  // The first release may be of the version that is set.
  if (isOlder(version, before)) throw new ReleaseRefused(`${version} is below ${before}`);
  checkClean(root);
  if (output(root, 'git', 'tag', '--list', tag) !== '') {
    throw new ReleaseRefused(`the tag ${tag} is there already`);
  }
  const changelog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
  const [, unreleased = ''] =
    /^## \[Unreleased\]\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(changelog) ?? [];
  if (!unreleased.includes('\n- ')) {
    throw new ReleaseRefused('CHANGELOG.md lists nothing under "Unreleased"');
  }
}

function isOlder(version: string, before: string): boolean {
  const [parts = [], others = []] = [version, before].map((text) => text.split('.').map(Number));
  const at = parts.findIndex((part, index) => part !== others[index]);
  return at >= 0 && (parts[at] ?? 0) < (others[at] ?? 0);
}

function checkClean(root: string): void {
  const status = output(root, 'git', 'status', '--porcelain');
  if (status !== '') throw new ReleaseRefused(`commit or remove this first:\n${status}`);
}

function output(root: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new ReleaseRefused(stderr.trim());
  return stdout.trimEnd();
}

function runIn(root: string, command: string): void {
  const { status } = spawnSync(command, { cwd: root, shell: true, stdio: 'inherit' });
  if (status !== 0) throw new ReleaseRefused(`${command} failed`);
}

if (require.main === module) {
  try {
    release(process.cwd(), process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof ReleaseRefused)) throw error;
    console.error(`No release: ${error.message}`);
    process.exitCode = 1;
  }
}
