import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './packageBundle';

interface Finding {
  readonly name: string;
  readonly severity: string;
  readonly range: string;
}

/**
 * Of npm's report the findings in packages that are shipped: nothing is a dependency any more once it
 * is bundled, so that `npm audit --omit=dev` would find nothing.
 *
 * @returns undefined if the registry gave no report
 */
export function shippedFindings(report: string, bills: readonly string[]): Finding[] | undefined {
  const { auditReportVersion, vulnerabilities } = JSON.parse(report);
  if (auditReportVersion === undefined) return undefined;
  const shipped = new Set(
    bills.flatMap((bill) =>
      JSON.parse(bill).components.map(({ group, name }: { group?: string; name: string }) =>
        group ? `${group}/${name}` : name,
      ),
    ),
  );
  return Object.values<Finding>(vulnerabilities).filter(({ name }) => shipped.has(name));
}

function main(): void {
  const dist = path.join(root, 'dist');
  const bills = readdirSync(dist).filter((name) => name.endsWith('.cdx.json'));
  if (!bills.includes('ops.cdx.json')) throw new Error('Build first: npm run build');
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
  const findings = shippedFindings(
    stdout,
    bills.map((name) => readFileSync(path.join(dist, name), 'utf8')),
  );
  if (findings === undefined) {
    console.log('The registry does not answer npm audit: nothing was checked.');
  } else if (findings.length === 0) {
    console.log('npm knows of none.');
  } else {
    for (const { name, severity, range } of findings) console.log(`${severity}  ${name} ${range}`);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
