import { shippedFindings } from '../../scripts/auditShipped';

const finding = (name: string) => ({ name, severity: 'high', range: '<2.0.0' });
const report = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    '@scope/one': finding('@scope/one'),
    one: finding('one'),
    two: finding('two'),
  },
});
const bill = (...components: object[]) => JSON.stringify({ components });

it('reports known vulnerabilities of bundled packages, and of no tool', () => {
  const bills = [bill({ group: '@scope', name: 'one' }), bill({ name: 'two' })];

  expect(shippedFindings(report, bills)).toEqual([finding('@scope/one'), finding('two')]);
});

it('finds nothing in a bundle that has none of them', () => {
  expect(shippedFindings(report, [bill({ name: 'three' })])).toEqual([]);
});

it('does not take a registry that gives no report for one that knows of none', () => {
  expect(shippedFindings('{"message":"405 Method Not Allowed"}', [bill()])).toBeUndefined();
});
