import type { Account } from './account';

/** One behaviour of Secrets Manager or Parameter Store, as AWS documents it. */
export interface Row {
  readonly name: string;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
  /** Calls the services with the real SDK clients, and gives what was observed. */
  readonly steps: (account: Account) => Promise<unknown>;
  /** What AWS lets one observe. */
  readonly expected: unknown;
  /** Why another answer of moto is known and not AWS's. Nothing excuses ours. */
  readonly motoDeparts?: string;
}

/** The pages of one guide, cited as the rows do. */
export const secretsManagerApi = (operation: string) =>
  `AWS Secrets Manager API reference, ${operation}`;
export const secretsManagerGuide = (page: string) => `AWS Secrets Manager user guide, "${page}"`;
export const systemsManagerApi = (page: string) => `AWS Systems Manager API reference, ${page}`;
export const systemsManagerGuide = (page: string) => `AWS Systems Manager user guide, "${page}"`;
