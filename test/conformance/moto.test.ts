import { localTarget } from './localTarget';
import { describeOnMoto } from './motoServer';
import { expectConformance, observeDeparture, rows } from './suite';

const departing = rows.flatMap((row) =>
  row.motoDeparts === undefined ? [] : [[row.name, row.motoDeparts, row] as const],
);

describeOnMoto('moto', (server) => {
  let target: ReturnType<typeof localTarget>;
  beforeAll(() => {
    target = localTarget(server().url);
  });
  afterAll(() => target.close());

  describe('behaves as AWS documents it', () => {
    expectConformance(
      rows.filter(({ motoDeparts }) => motoDeparts === undefined),
      () => target,
    );
  });

  describe('still departs from what AWS documents', () => {
    // One that fails here has become what the row expects: take `motoDeparts` out of the row.
    it.each(departing)('%s: %s', async (_name, _why, row) => {
      expect(await observeDeparture(row, target)).not.toEqual(row.expected);
    });
  });
});
