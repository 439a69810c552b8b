import { histories, playHistory } from '../../simulator/histories/play';
import { secondUses } from '../../simulator/outside/provider';

describe.each(secondUses)('if a second use of a refresh token is: %s', (secondUse) => {
  it.each(histories)('the chain outlives $name', async (history) => {
    const { wrong } = await playHistory(history, secondUse);

    expect(wrong).toEqual([]);
  });
});
