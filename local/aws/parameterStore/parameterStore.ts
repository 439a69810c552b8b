import { pageOf } from '../pages';
import { check } from '../shapes';
import { SortedNames } from '../sortedNames';
import {
  asHistory,
  asMetadata,
  asParameter,
  checkName,
  checkNewName,
  type NamedParameter,
  namedParameter,
  type ParameterTier,
  type ParameterVersion,
  parameterArn,
} from './parameter';
import { byPathFilter, describedFilter, isUnder } from './parameterFilters';
import * as errors from './parameterStoreErrors';
import { type ParameterStoreInput as Input, shapes } from './parameterStoreShapes';

const maxVersions = 100;
const standardMaxBytes = 4096;
const advancedMaxBytes = 8192;
const mostStandardParameters = 10_000;

function checkNames(given: string): void {
  for (const name of namedParameter(given).names) checkName(name);
}

/** "Managing parameter tiers" (user guide): an advanced parameter never becomes standard again. */
function tierOf(
  input: Input<'PutParameter'>,
  former: ParameterTier | undefined,
  hasRoom: boolean,
): ParameterTier {
  const bytes = Buffer.byteLength(input.Value);
  const wanted = input.Tier ?? former ?? 'Standard';
  if (wanted === 'Standard' && former === 'Advanced') throw errors.noDowngrade();
  if (wanted === 'Standard' && bytes > standardMaxBytes) throw errors.tooLargeForStandard();
  if (bytes > advancedMaxBytes) throw errors.tooLargeForAdvanced();
  if (wanted === 'Standard' && former === undefined && !hasRoom) throw errors.tooMany();
  if (wanted !== 'Intelligent-Tiering') return wanted;
  const fits = bytes <= standardMaxBytes && (former === 'Standard' || hasRoom);
  return former === 'Advanced' || !fits ? 'Advanced' : 'Standard';
}

const countOf = (version: ParameterVersion | undefined) => (version?.tier === 'Standard' ? 1 : 0);

/**
 * Systems Manager Parameter Store in memory: no I/O, no clock of its own, no randomness. Each method
 * is the API operation of its name, with the wire's request and answer (timestamps in epoch
 * seconds), and throws `AwsError` if AWS refuses. Listings come sorted by name.
 * Source: AWS Systems Manager API reference; "AWS Systems Manager Parameter Store" (user guide).
 */
export class ParameterStoreModel {
  /** Name to versions, the newest last. */
  readonly #parameters: Map<string, readonly ParameterVersion[]>;
  readonly #names: SortedNames;
  /** How many are of the standard tier. */
  #standard = 0;
  /** The names that a request asks for; kept while they stay so, for the listing's next pages. */
  readonly #listings = new Map<string, readonly string[]>();

  /** `now` gives milliseconds since the epoch. */
  constructor(
    private readonly now: () => number,
    parameters: Iterable<readonly [string, readonly ParameterVersion[]]> = [],
  ) {
    this.#parameters = new Map(parameters);
    this.#names = new SortedNames(this.#parameters.keys());
    for (const versions of this.#parameters.values()) this.#standard += countOf(versions.at(-1));
  }

  /** An independent copy, if need be under another clock. */
  clone(now = this.now): ParameterStoreModel {
    return new ParameterStoreModel(now, this.#parameters);
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** The KMS keys that parameters name, as they name them. */
  kmsKeyIds(): readonly string[] {
    return this.#newest().flatMap(({ keyId }) => keyId ?? []);
  }

  putParameter(input: Input<'PutParameter'>, region = 'us-east-1') {
    check(shapes.PutParameter, input);
    const { Overwrite = false, Tags = [] } = input;
    const Name = input.Name.trim();
    checkNewName(Name, region);
    if (Overwrite && Tags.length > 0) throw errors.tagsWithOverwrite();
    const versions = this.#parameters.get(Name) ?? [];
    const former = versions.at(-1);
    if (former && !Overwrite) throw errors.parameterAlreadyExists();
    const type = input.Type ?? former?.type;
    if (type === undefined) throw errors.typeMissing();
    if (former && former.type !== type) throw errors.typeMismatch();

    const version: ParameterVersion = {
      name: Name,
      arn: former?.arn ?? parameterArn(Name, region),
      version: (former?.version ?? 0) + 1,
      type,
      value: input.Value,
      tier: tierOf(input, former?.tier, this.#standard < mostStandardParameters),
      description: input.Description ?? former?.description,
      keyId: type === 'SecureString' ? (input.KeyId ?? 'alias/aws/ssm') : undefined,
      modifiedAtMs: this.now(),
    };
    this.#parameters.set(Name, [...versions, version].slice(-maxVersions));
    this.#standard += countOf(version) - countOf(former);
    if (!former) this.#names.add(Name);
    if (former?.keyId !== version.keyId || former?.tier !== version.tier) this.#listings.clear();
    return { Version: version.version, Tier: version.tier };
  }

  getParameter(input: Input<'GetParameter'>) {
    check(shapes.GetParameter, input);
    return { Parameter: this.#get(input.Name, input.WithDecryption) };
  }

  getParameters(input: Input<'GetParameters'>) {
    check(shapes.GetParameters, input);
    const names = [...new Set(input.Names)].sort();
    for (const name of names) checkNames(name);
    const found = names.filter((name) => this.#find(name));
    return {
      Parameters: found.map((name) => this.#get(name, input.WithDecryption)),
      InvalidParameters: names.filter((name) => !found.includes(name)),
    };
  }

  /** The oldest version first; the API reference promises no order. */
  getParameterHistory(input: Input<'GetParameterHistory'>) {
    check(shapes.GetParameterHistory, input);
    checkNames(input.Name);
    const versions = this.#versionsOf(namedParameter(input.Name));
    if (versions.length === 0) throw errors.parameterNotFound();
    const { MaxResults = 50, NextToken } = input;
    const { items, nextToken } = pageOf(versions, MaxResults, NextToken, errors.invalidNextToken);
    return {
      Parameters: items.map((version) => asHistory(version, input.WithDecryption)),
      NextToken: nextToken,
    };
  }

  /** Of ParameterFilters it takes those on `Type` and `KeyId`; `Label` is an `InvalidFilterKey`. */
  getParametersByPath(input: Input<'GetParametersByPath'>) {
    check(shapes.GetParametersByPath, input);
    const { Path, Recursive = false, WithDecryption, ParameterFilters = [] } = input;
    const { MaxResults = 10, NextToken } = input;
    if (!/^\/([\w.-]+\/)*[\w.-]*$/.test(Path)) throw errors.invalidPath();
    const isAsked = byPathFilter(ParameterFilters);
    const { items, nextToken } = this.#pageOf(
      JSON.stringify([Path, Recursive, ParameterFilters]),
      (version) => isUnder(version.name, Path, Recursive) && isAsked(version),
      MaxResults,
      NextToken,
    );
    return {
      Parameters: items.map((name) => this.#get(name, WithDecryption)),
      NextToken: nextToken,
    };
  }

  describeParameters(input: Input<'DescribeParameters'>) {
    check(shapes.DescribeParameters, input);
    const { ParameterFilters = [], MaxResults = 50, NextToken } = input;
    const { items, nextToken } = this.#pageOf(
      JSON.stringify(ParameterFilters),
      describedFilter(ParameterFilters),
      MaxResults,
      NextToken,
    );
    return {
      Parameters: items.flatMap((name) => this.#find(name) ?? []).map(asMetadata),
      NextToken: nextToken,
    };
  }

  deleteParameter(input: Input<'DeleteParameter'>) {
    check(shapes.DeleteParameter, input);
    const name = input.Name.trim();
    checkName(name);
    if (!this.#delete(name)) throw errors.parameterNotFound();
    return {};
  }

  deleteParameters(input: Input<'DeleteParameters'>) {
    check(shapes.DeleteParameters, input);
    const names = [...new Set(input.Names.map((name) => name.trim()))];
    const deleted = names.filter((name) => this.#delete(name));
    return {
      DeletedParameters: deleted,
      InvalidParameters: names.filter((name) => !deleted.includes(name)),
    };
  }

  /** The names on a page of those that are asked for; what is asked is looked up once. */
  #pageOf(
    request: string,
    isAsked: (version: ParameterVersion) => boolean,
    maxResults: number,
    token: string | undefined,
  ) {
    const listed =
      this.#listings.get(request) ??
      this.#newest()
        .filter(isAsked)
        .map(({ name }) => name);
    const page = pageOf(listed, maxResults, token, errors.invalidNextToken);
    if (page.nextToken === undefined) this.#listings.delete(request);
    else this.#listings.set(request, listed);
    return page;
  }

  #newest(): ParameterVersion[] {
    return [...this.#names].flatMap((name) => this.#find(name) ?? []);
  }

  #delete(name: string): boolean {
    const newest = this.#parameters.get(name)?.at(-1);
    if (!this.#parameters.delete(name)) return false;
    this.#standard -= countOf(newest);
    this.#names.remove(name);
    this.#listings.clear();
    return true;
  }

  #versionsOf({ names, arn }: NamedParameter): readonly ParameterVersion[] {
    const found = names.map((name) => this.#parameters.get(name) ?? []);
    return found.find(([first]) => first && (arn ?? first.arn) === first.arn) ?? [];
  }

  /** By name or ARN; with a version's number behind a colon, that version ("Selector"). */
  #find(given: string): ParameterVersion | undefined {
    const named = namedParameter(given);
    const versions = this.#versionsOf(named);
    if (named.selector === undefined) return versions.at(-1);
    return versions.find(({ version }) => String(version) === named.selector);
  }

  #get(given: string, decrypt: boolean | undefined) {
    checkNames(given);
    const version = this.#find(given);
    const named = namedParameter(given);
    const { selector } = named;
    if (version) return asParameter(version, decrypt, selector && `:${selector}`);
    const [newest] = this.#versionsOf(named);
    if (selector === undefined || !newest) throw errors.parameterNotFound();
    throw errors.versionNotFound(newest.name, selector);
  }
}
