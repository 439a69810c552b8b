import { createHash } from 'node:crypto';
import { accountId } from '../account';
import {
  invalidName,
  nameTooLong,
  reservedName,
  reservedPath,
  tooManyLevels,
} from './parameterStoreErrors';

/** The ARN's part before the name counts too (API reference, PutParameter). */
const maxArnLength = 1011;

export type ParameterType = 'String' | 'StringList' | 'SecureString';
export type ParameterTier = 'Standard' | 'Advanced';

/** One version of a parameter. Never changes. */
export interface ParameterVersion {
  readonly name: string;
  readonly arn: string;
  readonly version: number;
  readonly type: ParameterType;
  readonly value: string;
  readonly tier: ParameterTier;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly modifiedAtMs: number;
}

/** "Requirements and constraints for parameter names" (Systems Manager user guide). */
export function checkName(name: string): void {
  if (!/^([\w.-]+|(\/[\w.-]+)+)$/.test(name)) throw invalidName();
  if (name.split('/').length - 1 > 15) throw tooManyLevels();
}

/** A name to be written, which may not begin with a reserved word nor be too long. */
export function checkNewName(name: string, region: string): void {
  checkName(name);
  if (parameterArn(name, region).length > maxArnLength) throw nameTooLong();
  if (/^\/aws/i.test(name)) throw reservedPath(name);
  if (/^\/ssm/i.test(name)) throw invalidName();
  if (/^(aws|ssm)/i.test(name)) throw reservedName();
}

/** A parameter as a request names it, and the version that it asks for behind a colon. */
export interface NamedParameter {
  /** As one of these. An ARN does not distinguish `/a` from `a`. */
  readonly names: readonly string[];
  /** The ARN, if the request gives one. */
  readonly arn: string | undefined;
  readonly selector: string | undefined;
}

/**
 * "The service removes any spaces specified for the beginning or end of a parameter name" (API
 * reference, GetParameter), which is a name or an ARN.
 */
export function namedParameter(given: string): NamedParameter {
  const text = given.trim();
  const [, arn, rest = '', version] =
    /^(arn:[^:]*:ssm:[^:]*:\d*:parameter\/([^:]*))(?::(.*))?$/.exec(text) ?? [];
  if (arn !== undefined) {
    const names = rest.includes('/') ? [`/${rest}`] : [`/${rest}`, rest];
    return { names, arn, selector: version };
  }
  const [name = '', selector] = text.split(':');
  return { names: [name], arn: undefined, selector };
}

export function parameterArn(name: string, region: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
}

/** Stands for the KMS ciphertext that AWS gives if `WithDecryption` is missing. */
function ciphertext({ arn, version, value }: ParameterVersion): string {
  const digest = createHash('sha512').update(`${arn} ${version} ${value}`).digest('base64');
  return `AQICAHh${digest}`;
}

const shownValue = (version: ParameterVersion, decrypt: boolean) =>
  version.type === 'SecureString' && !decrypt ? ciphertext(version) : version.value;

/** The wire's `Parameter`. */
export const asParameter = (version: ParameterVersion, decrypt = false, selector?: string) => ({
  Name: version.name,
  Type: version.type,
  Value: shownValue(version, decrypt),
  Version: version.version,
  Selector: selector,
  LastModifiedDate: version.modifiedAtMs / 1000,
  ARN: version.arn,
  DataType: 'text',
});

/** The wire's `ParameterMetadata`: everything but the value. */
export const asMetadata = (version: ParameterVersion) => ({
  Name: version.name,
  ARN: version.arn,
  Type: version.type,
  KeyId: version.keyId,
  LastModifiedDate: version.modifiedAtMs / 1000,
  LastModifiedUser: `arn:aws:iam::${accountId}:root`,
  Description: version.description,
  Version: version.version,
  Tier: version.tier,
  DataType: 'text',
});

/** The wire's `ParameterHistory`. */
export function asHistory(version: ParameterVersion, decrypt = false) {
  const { ARN: _, ...metadata } = asMetadata(version);
  return { ...metadata, Value: shownValue(version, decrypt), Labels: [] };
}
