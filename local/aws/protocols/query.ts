import { AwsError } from '../awsError';
import type { Service } from '../awsRequest';
import type { HttpResponse, Protocol } from './protocol';

const servicesByVersion: ReadonlyMap<string, Service> = new Map([
  ['2010-05-08', 'iam'],
  ['2011-06-15', 'sts'],
]);
const xmlNamespaces: Partial<Record<Service, string>> = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

/** "Common Errors" of the IAM and STS API references, where they differ from the JSON protocols'. */
const queryErrors: ReadonlyMap<string, { readonly name: string; readonly status: number }> =
  new Map([
    ['AccessDeniedException', { name: 'AccessDenied', status: 403 }],
    ['MissingAuthenticationTokenException', { name: 'MissingAuthenticationToken', status: 403 }],
    ['ServiceUnavailableException', { name: 'ServiceUnavailable', status: 503 }],
    ['ThrottlingException', { name: 'Throttling', status: 400 }],
    ['UnknownOperationException', { name: 'InvalidAction', status: 400 }],
    ['ValidationException', { name: 'ValidationError', status: 400 }],
  ]);

const answer = (
  status: number,
  root: string,
  service: Service | undefined,
  body: object,
): HttpResponse => {
  const namespace = service && xmlNamespaces[service];
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<${root}${attribute}>${toXml(body)}</${root}>`,
  };
};

type Node = { [name: string]: Node | string };

/** `ActionNames.member.2=x` is the second of a list. Parameters come in the lists' order. */
function inputOf(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const root: Node = Object.create(null);
  for (const [path, value] of parameters) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let node = root;
    for (const name of names) {
      const next = node[name] ?? Object.create(null);
      if (typeof next === 'string') throw new AwsError('MalformedQueryString');
      node[name] = next;
      node = next;
    }
    node[last] = value;
  }
  return listsIn(root) as Readonly<Record<string, unknown>>;
}

function listsIn(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const { member } = node;
  if (typeof member === 'object') return Object.values(member).map(listsIn);
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, listsIn(child)]));
}

/** Names the operation in a form, and answers in XML. Source: "AWS Query protocol" (Smithy). */
export const query: Protocol = {
  understand({ method, body }) {
    const { Action, Version, ...input } = inputOf(new URLSearchParams(body));
    const service = servicesByVersion.get(String(Version));
    if (method !== 'POST' || !service) {
      throw new AwsError('UnknownOperationException', 'No service of that version here.');
    }
    return { service, operation: String(Action), input };
  },
  answer({ service, operation, requestId }, output) {
    return answer(200, `${operation}Response`, service, {
      [`${operation}Result`]: output,
      ResponseMetadata: { RequestId: requestId },
    });
  },
  refuse(error, requestId, service) {
    const { name, status } = queryErrors.get(error.name) ?? error;
    const Type = status < 500 ? 'Sender' : 'Receiver';
    return answer(status, 'ErrorResponse', service, {
      Error: { Type, Code: name, Message: error.message },
      RequestId: requestId,
    });
  },
};

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Elements named as the members, those of lists `member`; undefined members are left out. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => element('member', each)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => (member === undefined ? '' : element(name, member)))
      .join('');
  }
  return String(value).replace(/[&<>"]/g, (char) => xmlEntities[char] ?? char);
}

const element = (name: string, value: unknown) => `<${name}>${toXml(value)}</${name}>`;
