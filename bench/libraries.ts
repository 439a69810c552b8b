import path from 'node:path';
import { rotateOnce } from './coldStart';
import type { Comparison } from './measurement';
import { Starts } from './starts';
import { connection, startBenchWorld } from './world';

const folderOfModules = path.join(__dirname, 'imports');

/** What a function can read a secret with; a module of `imports/` reads one with each. */
export const libraries = {
  client: '@aws-sdk/client-secrets-manager alone',
  powertools: '@aws-lambda-powertools/parameters',
  middy: '@middy/secrets-manager',
  reader: 'sfmc-token-rotator/reader, and the client',
} as const;

export const moduleOf = (library: string) => path.join(folderOfModules, `${library}.mjs`);

/** How long libraries take to be imported in a new process, as installed, and to the first read. */
export async function measureImports(runs: number, folder: string): Promise<Comparison[]> {
  const names = Object.entries(libraries);
  const imported = names.map(([library, name]) => new Starts(name, moduleOf(library)));
  const read = names.map(([library, name]) => {
    return new Starts(name, moduleOf(library), () => ({ connection }));
  });
  const world = await startBenchWorld({ folder });
  try {
    await rotateOnce(world);
    for (let run = 0; run < runs; run++) {
      for (const starts of [...imported, ...read]) await starts.measure(world);
    }
  } finally {
    await world.close();
  }
  return [
    {
      title: 'Importing a reader of secrets: process start to module ready',
      subjects: atLeastOne(imported),
      target: { moreMs: 5 },
    },
    {
      title: 'The same, to the end of the first read; AWS answers at once',
      subjects: atLeastOne(read),
    },
  ];
}

function atLeastOne([first, ...others]: readonly Starts[]): Comparison['subjects'] {
  if (first === undefined) throw new RangeError('Nothing to compare.');
  return [first, ...others];
}
