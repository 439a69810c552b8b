import { histories } from './histories';
import { playHistory } from './namedHistory';
import { secondUses } from './outside/provider';

describe.each(secondUses)('where a second use of a refresh token is: %s', (secondUse) => {
  it.each(histories)('the chain outlives $name', async (history) => {
    const { wrong } = await playHistory(history, secondUse);

    expect(wrong).toEqual([]);
  });
});
