import { namePrefix } from './account';
import { awsTarget } from './awsTarget';
import { deleteLeftovers } from './leftovers';
import { expectConformance, rows } from './suite';

// A row may write 150 versions, or wait for a listing.
jest.setTimeout(20 * 60 * 1000);

const wanted = process.env.CONFORMANCE_TARGET;

describe('a real AWS account behaves as AWS documents it', () => {
  if (wanted === undefined || wanted === '') {
    it.skip('is not tested: CONFORMANCE_TARGET=aws and the SDK’s variables choose an account', () => {});
    return;
  }
  if (wanted !== 'aws') {
    it('is chosen by CONFORMANCE_TARGET', () => {
      throw new Error(`CONFORMANCE_TARGET is "${wanted}". The one target that it names is "aws".`);
    });
    return;
  }
  let target: Awaited<ReturnType<typeof awsTarget>>;
  beforeAll(async () => {
    target = await awsTarget();
    process.stderr.write(`Everything that this run creates has a name that begins ${namePrefix}\n`);
  });
  afterAll(() => target?.close());
  it('gives up what a run that was killed has left there', async () => {
    const names = await deleteLeftovers(target);
    if (names.length > 0) process.stderr.write(`Deleted from a former run:\n${names.join('\n')}\n`);
  });
  expectConformance(rows, () => target);
});
