/** What a worker's test files share, by name: see `stacks.ts`. */
module.exports = new Map();
