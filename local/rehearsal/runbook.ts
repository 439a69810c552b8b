import type { Outage, RunbookSection } from './state';

/** The sections of docs/runbook.md that the page leads to, by their headings. */
export const runbookSections = {
  chainBroken: 'Chain broken',
  tokenNearExpiry: 'Token near expiry',
  functionErrors: 'Function errors',
  escrowInUse: 'Escrow in use',
  clientSecretRefused: 'Client secret refused',
  stagedSecretInUse: 'Staged secret in use',
  nothingRotated: 'Nothing rotated',
  ticksMissing: 'Ticks missing',
} as const;

/** Where the page's server has the runbook. */
const runbookPath = '/docs/runbook.md';

export function runbookSection(name: keyof typeof runbookSections): RunbookSection {
  const title = runbookSections[name];
  return { title, path: `${runbookPath}#${title.toLowerCase().replaceAll(' ', '-')}` };
}

/** What an operator would read if the outage went on. */
export const outageSections: Readonly<Record<Outage, keyof typeof runbookSections>> = {
  provider: 'nothingRotated',
  'secrets-manager': 'nothingRotated',
  'secrets-manager-writes': 'escrowInUse',
  'parameter-store': 'nothingRotated',
};
