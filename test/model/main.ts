import { explore } from './explore';
import { optionsOf } from './options';

const options = optionsOf(process.argv.slice(2));
const { states, verdict, why, history, largestEscrow } = explore(options);
console.log(
  `${verdict}${why && `: ${why}`} (${states} states, at most ${largestEscrow} in the escrow)`,
);
for (const line of history) console.log(line);
process.exitCode = verdict === 'holds' ? 0 : 1;
