const { writeSync } = require('node:fs');

/** Loaded before a program: reports on standard error the most memory it had, in KiB. */
process.on('exit', () => writeSync(2, `\npeak memory ${process.resourceUsage().maxRSS}\n`));
