import { measureDispatcherHeap } from '../../../bench/fleet/dispatcherHeap';

it('keeps no more on the heap for a hundred times as many connections', async () => {
  await measureDispatcherHeap(1_000);

  const bytes = await measureDispatcherHeap(100_000);

  // Names alone would be 100,000 times 30 bytes, at the least.
  expect(bytes).toBeLessThan(1_000_000);
});
