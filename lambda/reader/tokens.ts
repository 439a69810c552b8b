import { SourceError } from './tokenSource';

/**
 * A connection's token set without its refresh token, frozen. Members that are not known here are
 * kept. `util.inspect`, and with it `console.log`, shows no token; `JSON.stringify` gives
 * everything as it is, so do not hand it to a logger that writes JSON.
 */
export interface Tokens {
  /** For `authorization: Bearer`. */
  readonly accessToken: string;
  /** For SOAP: see `soapAuthHeader`. */
  readonly legacyToken?: string;
  /** ISO 8601. */
  readonly issuedAt: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Without a trailing slash. */
  readonly restBaseUrl?: string;
  readonly soapBaseUrl?: string;
  readonly [member: string]: unknown;
}

/** What the secret's text holds. */
export type SecretContent =
  | { readonly kind: 'issued'; readonly tokens: Tokens; readonly expiresAtMs: number }
  | { readonly kind: 'seeded' | 'notSeeded' };

const optionalMembers = ['legacyToken', 'restBaseUrl', 'soapBaseUrl'];
const textMembers = ['accessToken', 'issuedAt', 'expiresAt', ...optionalMembers];

/**
 * Reads the secret's text.
 *
 * @throws SourceError naming the member that is wrong, and never its value.
 */
export function parseTokens(text: string): SecretContent {
  const members = parseObject(text);
  let isSeeded = false;
  for (const name of Object.keys(members).filter(isRefreshToken)) {
    isSeeded ||= Boolean(members[name]);
    delete members[name];
  }
  if (members.accessToken === undefined) return { kind: isSeeded ? 'seeded' : 'notSeeded' };
  // Other languages write null for what they do not have.
  for (const name of optionalMembers) if (members[name] === null) delete members[name];
  for (const name of textMembers) requireText(members, name, !optionalMembers.includes(name));
  // The compiler does not see that each member was checked by its name just now.
  const tokens = members as unknown as Tokens;
  const expiresAtMs = Date.parse(tokens.expiresAt);
  if (Number.isNaN(expiresAtMs)) throw malformed('its expiresAt is not an ISO 8601 time');
  return { kind: 'issued', tokens: concealed(tokens, expiresAtMs), expiresAtMs };
}

/** As the rotator takes it from a person: `refresh_token` and the like too. */
const isRefreshToken = (name: string) => /^refreshtoken$/i.test(name.replace(/[^a-z]/gi, ''));

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    // PowerShell puts a byte order mark in front, which counts as white space here.
    value = JSON.parse(text.trim());
  } catch {
    // The engine's own error quotes a piece of the text.
    throw malformed('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('it is not a JSON object');
  }
  return value as Record<string, unknown>;
}

function requireText(members: Record<string, unknown>, name: string, isRequired: boolean): void {
  const value = members[name];
  if (value === undefined && !isRequired) return;
  if (typeof value !== 'string' || value === '') {
    throw malformed(`its ${name} is ${value === undefined ? 'missing' : 'not a text'}`);
  }
  // RFC 6750 has less. In an error of its own, `fetch` quotes a header that cannot be sent.
  if (name.endsWith('Token') && !/^[\x21-\x7e]+$/.test(value)) {
    throw malformed(`its ${name} is no token: not all of it is visible ASCII`);
  }
}

function malformed(problem: string): SourceError {
  return new SourceError(problem, 'See what its versions hold: npm run ops -- recover NAME');
}

/** Not enumerable, so that copies and comparisons see the token set's members and nothing else. */
function concealed(tokens: Tokens, expiresAtMs: number): Tokens {
  const end = new Date(expiresAtMs).toISOString();
  return Object.freeze(
    Object.defineProperty(tokens, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => `[Tokens valid until ${end}]`,
    }),
  );
}
