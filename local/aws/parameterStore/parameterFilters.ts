import type { ParameterVersion } from './parameter';
import { invalidFilterKey, invalidFilterOption } from './parameterStoreErrors';

interface ParameterFilter {
  readonly Key: string;
  readonly Option?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

type Comparison = (text: string, value: string) => boolean;

const textComparisons: Readonly<Record<string, Comparison>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
};
const nameComparisons = {
  ...textComparisons,
  Contains: (text: string, value: string) => text.includes(value),
};
const pathComparisons: Readonly<Record<string, Comparison>> = {
  OneLevel: (text, value) => isUnder(text, value, false),
  Recursive: (text, value) => isUnder(text, value, true),
};

/** What a filter's key looks at, and the options that it takes, the default first. */
interface FilterKey {
  readonly text: (version: ParameterVersion) => string;
  readonly options: Readonly<Record<string, Comparison>>;
}

const byPathKeys: Readonly<Record<string, FilterKey>> = {
  Type: { text: ({ type }) => type, options: textComparisons },
  KeyId: { text: ({ keyId = '' }) => keyId, options: textComparisons },
};
const describedKeys: Readonly<Record<string, FilterKey>> = {
  ...byPathKeys,
  Name: { text: ({ name }) => name, options: nameComparisons },
  Path: { text: ({ name }) => name, options: pathComparisons },
  Tier: { text: ({ tier }) => tier, options: textComparisons },
  DataType: { text: () => 'text', options: textComparisons },
};

/** Whether a name is in a path of the hierarchy, at any depth or just directly below it. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'));
}

/**
 * Of GetParametersByPath's filters, those on `Type` and `KeyId` ("ParameterStringFilter", API
 * reference). Throws `InvalidFilterKey` and `InvalidFilterOption`.
 */
export const byPathFilter = (filters: readonly ParameterFilter[]) => filterBy(byPathKeys, filters);

/**
 * Of DescribeParameters' filters, all but those on tags ("ParameterStringFilter", API reference).
 * Throws `InvalidFilterKey` and `InvalidFilterOption`.
 */
export const describedFilter = (filters: readonly ParameterFilter[]) =>
  filterBy(describedKeys, filters);

function filterBy(
  keys: Readonly<Record<string, FilterKey>>,
  filters: readonly ParameterFilter[],
): (version: ParameterVersion) => boolean {
  const tests = filters.map(({ Key, Option, Values = [] }) => {
    const key = Object.hasOwn(keys, Key) ? keys[Key] : undefined;
    if (!key) throw invalidFilterKey(Key);
    const option = Option ?? Object.keys(key.options)[0] ?? '';
    const compare = Object.hasOwn(key.options, option) ? key.options[option] : undefined;
    if (!compare) throw invalidFilterOption(option);
    return (version: ParameterVersion) => Values.some((value) => compare(key.text(version), value));
  });
  return (version) => tests.every((test) => test(version));
}
