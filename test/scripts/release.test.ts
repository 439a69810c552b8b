import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ReleaseRefused, release } from '../../scripts/release';
import { temporaryFolder } from '../support/temporaryFolder';

const now = new Date('2026-02-03T23:00:00Z');
const changelog = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n';

/** A repository with what a release changes, whose proofs and templates are files that they leave. */
function project({ proof = 'exit 0', log = changelog } = {}) {
  const root = temporaryFolder();
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trimEnd();
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  write(
    'package.json',
    json({
      name: 'thing',
      version: '0.1.0',
      scripts: { simulate: 'echo', 'release:template': 'mkdir released && echo {} > released/a' },
    }),
  );
  const itself = { name: 'thing', version: '0.1.0' };
  const packages = { '': itself, 'node_modules/other': { version: '0.1.0' } };
  write('package-lock.json', json({ ...itself, packages }));
  write('examples/embed/package.json', json({ dependencies: { thing: 'file:thing-0.1.0.tgz' } }));
  write('CHANGELOG.md', log);
  write('.ci/run', `#!/bin/sh\n${proof}\n`);
  chmodSync(path.join(root, '.ci/run'), 0o755);
  git('init', '--quiet');
  git('config', 'user.name', 'Jo');
  git('config', 'user.email', 'jo@example.com');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  return { root, write, read, git, releases: (...args: string[]) => release(root, args, now) };
}

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(console, 'log').mockImplementation((line) => said.push(line));
});
afterEach(() => jest.restoreAllMocks());

describe('a release', () => {
  it('sets the version everywhere, dates the changelog, keeps the templates, commits and tags', () => {
    const { read, git, releases } = project();

    releases('0.2.0');

    expect(JSON.parse(read('package.json')).version).toBe('0.2.0');
    expect(JSON.parse(read('package-lock.json'))).toEqual({
      name: 'thing',
      version: '0.2.0',
      packages: {
        '': { name: 'thing', version: '0.2.0' },
        'node_modules/other': { version: '0.1.0' },
      },
    });
    expect(read('examples/embed/package.json')).toContain('thing-0.2.0.tgz');
    expect(read('CHANGELOG.md')).toContain(
      '## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing.\n',
    );
    expect(git('status', '--porcelain')).toBe('');
    expect(git('show', '--stat', '--format=%s', 'v0.2.0')).toContain('released/a');
    expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0');
    expect(git('cat-file', '-t', 'v0.2.0')).toBe('tag');
  });

  it('can be of the version that is set, while it has no tag', () => {
    const { git, releases } = project();

    releases('0.1.0');

    expect(git('tag')).toBe('v0.1.0');
  });

  it('of a dry run lists every step and changes nothing', () => {
    const { git, releases } = project({ proof: 'exit 1' });

    releases('0.2.0', '--dry-run');

    expect(said).toEqual([
      '> .ci/run',
      '> npm run --silent simulate -- --seeds 1000000',
      '> package.json: 0.1.0 becomes 0.2.0',
      '> package-lock.json: 0.1.0 becomes 0.2.0',
      '> examples/embed/package.json: 0.1.0 becomes 0.2.0',
      '> CHANGELOG.md: 0.1.0 becomes 0.2.0',
      '> npm run --silent release:template',
      '> git add --all',
      '> git commit --quiet --message "Release 0.2.0"',
      '> git tag --annotate v0.2.0 --message "Release 0.2.0"',
      'Nothing was done.',
    ]);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
  });
});

describe('no release is made, and nothing is changed,', () => {
  const refuses = ({ git, releases }: ReturnType<typeof project>, args: string[], why: string) => {
    const status = git('status', '--porcelain');
    expect(() => releases(...args)).toThrow(new ReleaseRefused(why));
    expect(git('status', '--porcelain')).toBe(status);
    expect(git('log', '--format=%s')).toBe('Begin');
  };

  it('if the tree is not clean', () => {
    const started = project();
    started.write('notes', '');

    refuses(started, ['0.2.0'], 'commit or remove this first:\n?? notes');
  });

  it('if a proof fails', () => {
    refuses(project({ proof: 'exit 1' }), ['0.2.0'], '.ci/run failed');
  });

  it('if the tag is there already', () => {
    const started = project();
    started.git('tag', 'v0.2.0');

    refuses(started, ['0.2.0'], 'the tag v0.2.0 is there already');
  });

  it('if the changelog lists nothing', () => {
    const log = '## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- A thing.\n';

    refuses(project({ log }), ['0.2.0'], 'CHANGELOG.md lists nothing under "Unreleased"');
  });

  it.each([
    ['0.0.9', '0.0.9 is below 0.1.0'],
    ['next', 'a version such as 1.2.3 is needed: npm run release -- VERSION [--dry-run]'],
  ])('for %s', (version, why) => {
    refuses(project(), [version], why);
  });
});
