import { Annotations, type Stack } from 'aws-cdk-lib';
import leven from 'leven';

/** Letters that are left out, added or wrong; two that are swapped count as two. */
const longestSlip = 2;

/** Names in the context that nothing reads, and that are nearly one which is read. */
export function warnOfMisspeltContext(stack: Stack, names: readonly string[]): void {
  for (const name of Object.keys(stack.node.getAllContext())) {
    if (names.includes(name) || /[:/@]/.test(name)) continue;
    const [nearest] = names
      .map((known) => ({ known, distance: leven(name.toLowerCase(), known.toLowerCase()) }))
      .sort((one, other) => one.distance - other.distance);
    if (nearest === undefined || nearest.distance > longestSlip) continue;
    Annotations.of(stack).addWarningV2(
      `sfmc-token-rotator:context-${name}`,
      `"${name}" in the context is not read: did you mean ${nearest.known}?`,
    );
  }
}
