import { EnvironmentMemory, emptyMemory } from '../../../lambda/rotator/memory';

it('remembers nothing of a connection that it has not met', () => {
  const memory = new EnvironmentMemory();

  expect(memory.of('acme')).toEqual(emptyMemory());
});

it('keeps what is noted of a connection, apart from the others', () => {
  const memory = new EnvironmentMemory();

  memory.of('acme').brokenSinceMs = 7;

  expect(memory.of('acme').brokenSinceMs).toBe(7);
  expect(memory.of('other').brokenSinceMs).toBeUndefined();
});

it('forgets the connection met first once it knows ten thousand', () => {
  const memory = new EnvironmentMemory();
  for (let n = 0; n < 10_000; n++) memory.of(`c${n}`).expiresAtMs = n;

  memory.of('one-more');

  expect(memory.of('c1').expiresAtMs).toBe(1);
  expect(memory.of('c9999').expiresAtMs).toBe(9_999);
  expect(memory.of('c0').expiresAtMs).toBeUndefined();
});
