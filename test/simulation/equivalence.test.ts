import { calibrating } from './calibrating';
import { type Found, run } from './runner';

/** Faults of one call, by name, in the classes that a part of the scenarios tells apart. */
const namesOf = ({ classes }: Found, call: 'provider.requestToken') =>
  classes.of(call).map((members) => members.map(({ name }) => name));

/**
 * What no rule here mends: a token of 1 second over one that a wrong clock has dated, and tokens of 20
 * minutes under two clocks that are 4 minutes apart.
 */
const known = [
  '[a chain that was seeded by a machine whose clock is three hours ahead |',
  'a reader is handed an expired access token [a token that is due, of a provider whose tokens live 20 minutes |',
];

describe('faults that are played once for all of their kind', () => {
  let calibrated: Found;
  let whole: Found;

  const ending = new AbortController();
  afterAll(() => ending.abort());

  beforeAll(async () => {
    const { signal } = ending;
    calibrated = await run({ kind: 'singles', ...calibrating }, { signal });
    whole = await run({ kind: 'singles' }, { signal });
  });

  it('make the same of every scenario, effect by effect', () => {
    for (const { call } of calibrated.classes.counts) {
      const of = (found: Found) =>
        found.classes.of(call).map((members) => members.map(({ name }) => name));

      expect({ call, classes: of(calibrated) }).toEqual({ call, classes: of(whole) });
    }
  });

  it('are told apart where the provider may have taken a request up, or not', () => {
    const classes = namesOf(whole, 'provider.requestToken');
    const classOf = (name: string) => classes.find((members) => members.includes(name));

    expect(classOf('now, html403')).toContain('now, cut');
    expect(classOf('now, html403')).not.toContain('never, html403');
    expect(classOf('never, own401')).not.toContain('never, html401');
    expect(classOf('now, byteOrderMark')).toContain('now, expiresInText');
  });

  it('violate nothing, whichever of their kind strikes, but what is known', () => {
    const unknown = whole.report.violations.filter(
      (violation) => !known.some((sentence) => violation.includes(sentence)),
    );
    expect(unknown).toEqual([]);
  });
});
