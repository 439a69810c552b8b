import type { ParameterVersion } from './parameter';
import { invalidFilterKey, invalidFilterOption } from './parameterStoreErrors';

interface ParameterFilter {
  readonly Key: string;
  readonly Option?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

const OPTIONS: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
  Contains: (text, value) => text.includes(value),
  Recursive: (text, value) => isUnder(text, value, true),
  OneLevel: (text, value) => isUnder(text, value, false),
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
export function byPathFilter(
  filters: readonly ParameterFilter[],
): (version: ParameterVersion) => boolean {
  const tests = filters.map(({ Key, Option = 'Equals', Values = [] }) => {
    if (Key !== 'Type' && Key !== 'KeyId') throw invalidFilterKey(Key);
    const test = ['Equals', 'BeginsWith'].includes(Option) ? OPTIONS[Option] : undefined;
    if (!test) throw invalidFilterOption(Option);
    return ({ type, keyId = '' }: ParameterVersion) =>
      Values.some((value) => test(Key === 'Type' ? type : keyId, value));
  });
  return (version) => tests.every((test) => test(version));
}

/**
 * Of DescribeParameters' filters, those on `Name`, `Path` and `Type` ("ParameterStringFilter", API
 * reference). Throws `InvalidFilterKey` and `InvalidFilterOption`.
 */
export function matches(version: ParameterVersion, filters: readonly ParameterFilter[]): boolean {
  return filters.every(({ Key, Option, Values = [] }) => {
    if (!['Name', 'Path', 'Type'].includes(Key)) throw invalidFilterKey(Key);
    const option = Option ?? (Key === 'Path' ? 'OneLevel' : 'Equals');
    const test = OPTIONS[option];
    if (!test) throw invalidFilterOption(option);
    const text = Key === 'Type' ? version.type : version.name;
    return Values.some((value) => test(text, value));
  });
}
