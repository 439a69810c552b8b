interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  Resources: Record<string, Resource>;
}

interface LeftOut {
  /** What it is, in a test's name. */
  readonly what: string;
  readonly is: (resource: Resource) => boolean;
  /** How ministack refuses it, which is why it is left out. */
  readonly refusal: RegExp;
}

/** All that the emulator cannot make, and therefore is taken out of a template before it is deployed. */
export const leftOut: readonly LeftOut[] = [
  {
    what: "Secrets Manager's rotation of a secret",
    is: ({ Type }) => Type === 'AWS::SecretsManager::RotationSchedule',
    refusal: /Unrecognized resource types: \[AWS::SecretsManager::RotationSchedule\]/,
  },
  {
    what: 'an alarm on metric math',
    is: ({ Type, Properties = {} }) =>
      Type === 'AWS::CloudWatch::Alarm' && Properties.Metrics !== undefined,
    refusal: /Properties\.Metrics \(metric math\) is not supported/,
  },
];

/** A template without what the emulator cannot make; nothing may refer to that. */
export function withoutLeftOut(template: Template): Template {
  const kept = Object.entries(template.Resources).filter(
    ([, resource]) => !leftOut.some(({ is }) => is(resource)),
  );
  return { ...template, Resources: Object.fromEntries(kept) };
}

/** The first of the resources that are left out for one reason, alone in a template. */
export function refused(template: Template, { is, what }: LeftOut): Template {
  const resource = Object.values(template.Resources).find(is);
  if (resource === undefined) throw new Error(`The template has nothing that is ${what}.`);
  const { Type, Properties } = resource;
  return { Resources: { Refused: { Type, Properties: unreferring(Properties) } } } as Template;
}

/** Some text in the place of each reference, whose resource is not there. */
function unreferring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unreferring);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && /^(Ref$|Fn::)/.test(entries[0]?.[0] ?? '')) return 'elsewhere';
  return Object.fromEntries(entries.map(([name, each]) => [name, unreferring(each)]));
}
