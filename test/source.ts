import { parseSync } from '@swc/core';

/** What a source file reaches for, comments and texts left aside. */
export interface Source {
  readonly path: string;
  /** Specifiers of every import: static, of types only, re-exported, dynamic or required. */
  readonly imports: readonly string[];
  /** Those of them that the linter overlooks: required, or in a type. */
  readonly overlooked: readonly string[];
  /** Identifiers, one-step members (`Date.now`), and `new Date()` if it has no argument. */
  readonly names: ReadonlySet<string>;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

export function parseSource(path: string, text: string): Source {
  const nodes = [
    ...nodesOf(
      parseSync(text, { syntax: 'typescript', tsx: path.endsWith('x'), target: 'es2022' }),
    ),
  ];
  return {
    path,
    imports: nodes.flatMap((node) => importOf(node) ?? []),
    overlooked: nodes.filter(isOverlooked).flatMap((node) => importOf(node) ?? []),
    names: new Set(nodes.flatMap((node) => nameOf(node) ?? [])),
  };
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) yield value;
  for (const member of Object.values(value)) yield* nodesOf(member);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function importOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node.source ? textOf(node.source) : undefined;
    case 'TsImportType':
      return textOf(node.argument);
    case 'TsExternalModuleReference':
      return textOf(node.expression);
    case 'CallExpression':
      return isImportCall(node) ? textOf(firstArgument(node)) : undefined;
    default:
      return undefined;
  }
}

function isOverlooked(node: Node): boolean {
  if (node.type === 'TsImportType') return true;
  if (node.type !== 'CallExpression' || !isImportCall(node)) return false;
  return isNode(node.callee) && node.callee.type !== 'Import';
}

function isImportCall({ callee }: Node): boolean {
  return isNode(callee) && (callee.type === 'Import' || callee.value === 'require');
}

function firstArgument(node: Node): unknown {
  return Array.isArray(node.arguments) ? node.arguments[0]?.expression : undefined;
}

/** A specifier that is worked out at run time stands on nobody's list of allowed ones. */
function textOf(node: unknown): string {
  return isNode(node) && node.type === 'StringLiteral' ? String(node.value) : '(computed)';
}

function nameOf(node: Node): string | undefined {
  const { callee, object, property } = node;
  if (node.type === 'Identifier') return String(node.value);
  if (node.type === 'MemberExpression' && isNode(object) && isNode(property)) {
    return `${object.value}.${property.value}`;
  }
  const isDate = isNode(callee) && callee.type === 'Identifier' && callee.value === 'Date';
  if (isDate && firstArgument(node) === undefined) return 'new Date()';
  return undefined;
}
