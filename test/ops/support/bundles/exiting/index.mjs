/** Ends its process before it has said anything. */
export function handler() {
  process.exit(3);
}
