import type { Node } from 'constructs';
import { readFleetSettings, readSettings } from '../../infra/settings';
import { parseSettings } from '../../lambda/rotator/settings';
import { exitCodes } from '../../ops/failures/opsError';
import { column } from './markdown';

it('documents every environment variable that the function reads, and no other', () => {
  const read = new Set<string>();
  parseSettings(
    new Proxy<Record<string, string | undefined>>(
      {},
      {
        get(_, name) {
          read.add(String(name));
          return undefined;
        },
      },
    ),
  );
  // Lambda sets them.
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) read.delete(name);

  expect(column('docs/configure.md', 'variable')).toEqual([...read].sort());
});

it('documents every setting that the app reads from the context, and no other', () => {
  const read = new Set<string>();
  const values: Record<string, unknown> = {
    fleet: true,
    connections: [
      { name: 'a', authBaseUrl: 'https://auth.exacttargetapis.com', clientId: 'client' },
    ],
  };
  const tryGetContext = (name: string) => {
    read.add(name);
    return values[name];
  };
  const node = { tryGetContext } as unknown as Node;
  readSettings(node);
  readFleetSettings(node);

  expect(column('docs/configure.md', 'setting')).toEqual([...read].sort());
});

it('documents every exit code, and no other', () => {
  const codes = [0, ...Object.values(exitCodes)].map(String);

  expect(column('docs/operating.md', 'exit code')).toEqual(codes.sort());
});
