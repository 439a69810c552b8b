import type { Node } from 'constructs';
import { readFleetSettings, readSettings } from '../../infra/settings';
import type { RotationErrorCode } from '../../lambda/core/errors';
import type { CountedEvent } from '../../lambda/effects/telemetry';
import { parseSettings } from '../../lambda/rotator/settings';
import { exitCodes } from '../../ops/failures/opsError';
import { column } from './markdown';

it('the documents name every environment variable that the function reads, and no other', () => {
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

it('the documents name every setting that the app reads from the context, and no other', () => {
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

it('the documents name every exit code, and no other', () => {
  const codes = [0, ...Object.values(exitCodes)].map(String);

  expect(column('docs/operating.md', 'exit code')).toEqual(codes.sort());
});

it('the documents name every error of the function, and no other', () => {
  const codes: Record<RotationErrorCode, true> = {
    InvalidEvent: true,
    InvalidConfig: true,
    NotSeeded: true,
    CredentialsRejected: true,
    ChainBroken: true,
    ProviderUnavailable: true,
    StoreUnavailable: true,
    DeadlineExceeded: true,
  };

  expect(column('docs/errors.md', 'code')).toEqual(Object.keys(codes).sort());
});

it('the documents name every metric of the function, and no other', () => {
  const counts: Record<CountedEvent, true> = {
    Rotated: true,
    Recovered: true,
    Reissued: true,
    Failed: true,
    ChainBroken: true,
    EscrowUsed: true,
    LeftOpen: true,
    StagedSecretUsed: true,
  };
  const gauges = ['SecondsToExpiry', 'Connections', 'RefreshTokenAge', 'RotationDuration'];

  const documented = column('docs/monitoring.md', 'metric').flatMap((names) => names.split(', '));
  const metrics = new Set(documented.filter((name) => !name.startsWith('by ')));
  expect([...metrics].sort()).toEqual([...Object.keys(counts), ...gauges].sort());
});
