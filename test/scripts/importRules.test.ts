import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const biome = require.resolve('@biomejs/biome/bin/biome');

/** Lints files with the rules of this repository: the lines with an import that is refused. */
function refusedLines(
  files: Readonly<Record<string, readonly string[]>>,
): Record<string, string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sfmc-import-rules-'));
  try {
    const { linter, overrides } = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'));
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ linter, overrides }));
    for (const [name, lines] of Object.entries(files)) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), lines.map((line) => `${line}\n`).join(''));
    }
    const { stdout } = spawnSync(
      process.execPath,
      [
        ...[biome, 'lint', '.', '--reporter=github', '--max-diagnostics=none'],
        ...['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles'],
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    const refused = new Map(Object.keys(files).map((name) => [name, new Set<number>()]));
    for (const [, file = '', line] of stdout.matchAll(/file=([^,]+),line=(\d+)/g)) {
      refused.get(path.relative(folder, path.resolve(folder, file)))?.add(Number(line) - 1);
    }
    const textOf = ([name, at]: [string, Set<number>]) => [
      name,
      [...at].sort((a, b) => a - b).map((line) => files[name]?.[line]),
    ];
    return Object.fromEntries([...refused].map(textOf));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every form of an import that the linter sees. */
const formsOf = (specifier: string) => [
  `import { a } from '${specifier}';`,
  `import '${specifier}';`,
  `import type { B } from '${specifier}';`,
  `import { type C } from '${specifier}';`,
  `export * from '${specifier}';`,
  `export { d } from '${specifier}';`,
  `const e = await import('${specifier}');`,
  `import f = require('${specifier}');`,
];

describe('the linter', () => {
  it('refuses every form of an import that leaves its room without being allowed to', () => {
    const forms = formsOf('../effects/x');

    expect(refusedLines({ 'lambda/core/sample.ts': [...forms, "import './y';"] })).toEqual({
      'lambda/core/sample.ts': forms,
    });
  });

  it('lets each room import from its neighbours alone', () => {
    const from = (specifier: string) => `import '${specifier}';`;
    const allowed: Record<string, readonly string[]> = {
      'lambda/core/a.ts': ['./b'],
      'lambda/effects/a.ts': ['./b', '../core/b'],
      'lambda/rotator/a.ts': ['./b', '../core/b', '../effects/b'],
      'lambda/dispatcher/a.ts': ['./b', '../core/b', '../effects/b'],
      'lambda/reader/a.ts': ['./b', '../core/b'],
      'infra/a.ts': ['./b', '../lambda/core/b'],
      'infra/fleet/a.ts': ['./b', '../b', '../../lambda/core/b'],
      'ops/a.ts': ['./b', '../lambda/core/b', '../package.json'],
      'ops/failures/a.ts': ['./b', '../../lambda/core/b'],
      'ops/terminal/a.ts': ['./b', '../failures/b', '../../lambda/core/b'],
      'ops/connection/a.ts': ['./b', '../failures/b', '../awsAccess', '../../lambda/core/b'],
      'ops/rotator/a.ts': ['./b', '../connection/b', '../context', '../../lambda/core/b'],
      'ops/commands/a.ts': ['./b', '../b', '../connection/b', '../../lambda/core/b'],
      'ops/commands/list/a.ts': ['./b', '../../b', '../../../lambda/core/b'],
      'local/a.ts': ['./b', '../lambda/core/b'],
      'local/aws/a.ts': ['./b', '../b', '../../lambda/core/b'],
      'local/aws/sqs/a.ts': ['./b', '../b', '../../b', '../../../lambda/core/b'],
      'simulator/a.ts': ['./b', '../lambda/core/b'],
      'simulator/effects/a.ts': ['./b', '../b', '../../lambda/core/b'],
      'simulator/fleet/a.ts': ['./b', '../b', '../../lambda/core/b', '../../local/aws/b'],
    };
    const refused = (name: string) => {
      const up = '../'.repeat(name.split('/').length - 1);
      const others = ['lambda/core', 'lambda/effects', 'lambda/rotator', 'lambda/dispatcher'];
      return [...others, 'lambda/reader', 'infra', 'ops', 'local', 'test', 'lambdas']
        .filter((room) => !name.startsWith(`${room}/`))
        .filter((room) => !allowed[name]?.some((each) => isOfRoom(name, each, room)))
        .map((room) => from(`${up}${room}/b`))
        .concat(from(up.slice(0, -1)));
    };
    const names = Object.keys(allowed);

    const files = names.map((name) => [
      name,
      [...(allowed[name] ?? []).map(from), ...refused(name)],
    ]);
    expect(refusedLines(Object.fromEntries(files))).toEqual(
      Object.fromEntries(names.map((name) => [name, refused(name)])),
    );
  });

  it('lets the rooms of ops import in one direction', () => {
    const refused = {
      'ops/failures/a.ts': ["import '../terminal/b';", "import '../connection/b';"],
      'ops/terminal/a.ts': ["import '../connection/b';", "import '../context';"],
      'ops/connection/a.ts': ["import '../context';", "import '../rotator/b';"],
      'ops/rotator/a.ts': ["import '../commands/list/b';", "import '../program';"],
    };

    expect(refusedLines(refused)).toEqual(refused);
  });

  it('refuses a circle of imports, of types too', () => {
    const lines = refusedLines({
      'ops/a.ts': ["import type { B } from './b';", 'export type A = B;'],
      'ops/b.ts': ["import type { A } from './a';", 'export type B = A | string;'],
    });

    expect(lines).toEqual({
      'ops/a.ts': ["import type { B } from './b';"],
      'ops/b.ts': ["import type { A } from './a';"],
    });
  });
});

/** Whether an import from a file reaches a room; `lambda` as a whole is one to all outside of it. */
function isOfRoom(name: string, specifier: string, room: string): boolean {
  const target = path.join(path.dirname(name), specifier);
  const isOutside = !name.startsWith('lambda/');
  return target.startsWith(`${isOutside && room.startsWith('lambda/') ? 'lambda' : room}/`);
}
