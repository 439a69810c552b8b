import { type Found, run } from '../../simulator/runner';

/** Faults of one call, by name, in the classes that a part of the scenarios distinguishes. */
const namesOf = ({ classes }: Found, call: 'provider.requestToken') =>
  classes.of(call).map((members) => members.map(({ name }) => name));

describe('faults that are played once for all of their kind', () => {
  let whole: Found;

  const ending = new AbortController();
  afterAll(() => ending.abort());

  beforeAll(async () => {
    const { signal } = ending;
    whole = await run({ kind: 'singles' }, { signal });
  });

  it('are kept apart by whether the provider may have taken a request up', () => {
    const classes = namesOf(whole, 'provider.requestToken');
    const classOf = (name: string) => classes.find((members) => members.includes(name));

    expect(classOf('now, html403')).toContain('now, cut');
    expect(classOf('now, html403')).not.toContain('never, html403');
    expect(classOf('never, own401')).not.toContain('never, html401');
    expect(classOf('now, byteOrderMark')).toContain('now, expiresInText');
  });

  it('violate nothing, whichever of their kind strikes', () => {
    expect(whole.report.violations).toEqual([]);
  });
});
