import { type Found, run } from '../../simulator/runner';

/** Faults of one call, by name, in the classes that a part of the scenarios distinguishes. */
const namesOf = ({ classes }: Found, call: 'provider.requestToken') =>
  classes.of(call).map((members) => members.map(({ name }) => name));

describe('what is played once for all that is the same', () => {
  let whole: Found;

  const ending = new AbortController();
  afterAll(() => ending.abort());

  beforeAll(async () => {
    const { signal } = ending;
    whole = await run({ kind: 'singles' }, { signal });
  });

  it('keeps faults apart by whether the provider may have taken a request up', () => {
    const classes = namesOf(whole, 'provider.requestToken');
    const classOf = (name: string) => classes.find((members) => members.includes(name));

    expect(classOf('now, html403')).toContain('now, cut');
    expect(classOf('now, html403')).not.toContain('never, html403');
    expect(classOf('never, own401')).not.toContain('never, html401');
    expect(classOf('now, byteOrderMark')).toContain('now, expiresInText');
  });

  it('violates nothing, whichever fault of a kind strikes', () => {
    expect(whole.report.violations).toEqual([]);
  });

  it('finds the same though histories end in a state from which all went well before', async () => {
    // The losses that nothing saves are many there, and late requests, of each kind, make them.
    const only = ['a fresh token, rotated by force and by hand'];
    const lostIfPairs = async (isForgetful: boolean) => {
      const task = { kind: 'pairs', classes: whole.classes, only, oneIn: 60, isForgetful } as const;
      const { report } = await run(task, { signal: ending.signal });
      return Object.values(report.losses).flat().toSorted();
    };
    const lost = await lostIfPairs(false);

    expect(lost.length).toBeGreaterThan(100);
    expect(await lostIfPairs(true)).toEqual(lost);
  });
});
