const { writeSync } = require('node:fs');

/** Loaded before a program: tells on standard error how much memory it had at the most, in KiB. */
process.on('exit', () => writeSync(2, `\npeak memory ${process.resourceUsage().maxRSS}\n`));
