import type { ServerResponse } from 'node:http';
import { startFleetUnderRole } from '../support/awsUnderRole';
import { closeAfterTest } from '../support/closing';
import { dealt } from '../support/dealt';
import { type Received, startScriptedServer } from '../support/scriptedServer';
import { LeakWorld } from './leakWorld';
import { storeCalls } from './storeCalls';

/** How AWS, or what stands before it, answers a request: given the true answer's text, too. */
type Answer = (response: ServerResponse, request: Received, trueAnswer: string) => void;

const json = 'application/x-amz-json-1.1';

const refusal =
  (name: string, status: number, message: (request: Received) => string): Answer =>
  (response, request) =>
    response
      .writeHead(status, { 'content-type': json })
      .end(JSON.stringify({ __type: name, message: message(request), Message: message(request) }));

/** As AWS words it: a validation error repeats the value that it complains of. */
const validation = ({ body }: Received) =>
  `1 validation error detected: Value '${body}' at 'secretString' failed to satisfy constraint`;

/** As AWS words it: the request's headers that were signed, a session token among them. */
const signature = ({ headers }: Received) =>
  'The request signature we calculated does not match the signature you provided. ' +
  `The Canonical String for this request should have been 'POST\n/\n\n${Object.entries(headers)
    .map(([name, value]) => `${name}:${value}`)
    .join('\n')}`;

const answers: readonly Answer[] = [
  refusal('ValidationException', 400, validation),
  refusal('InvalidParameterException', 400, validation),
  refusal('InvalidRequestException', 400, validation),
  refusal('ResourceExistsException', 400, validation),
  refusal('SerializationException', 400, validation),
  refusal('ThrottlingException', 400, validation),
  refusal('InternalFailure', 500, validation),
  refusal('InvalidSignatureException', 400, signature),
  // The error's name is what the answer says it is.
  (response, { body }, trueAnswer) =>
    response
      .writeHead(400, { 'x-amzn-errortype': encodeURIComponent(`${body}${trueAnswer}`) })
      .end('{}'),
  (response, { headers }) =>
    response
      .writeHead(400, { 'x-amzn-errortype': String(headers['x-amz-security-token']) })
      .end('{}'),
  // The connection is cut, or a proxy puts a page of its own in place of the answer.
  (response, _, trueAnswer) =>
    response.writeHead(200, { 'content-type': json }).end(trueAnswer.slice(0, -9)),
  (response, { body }, trueAnswer) =>
    response.writeHead(200, { 'content-type': json }).end(`${body}${trueAnswer}`),
  (response, { body }, trueAnswer) => response.writeHead(502).end(`${body}${trueAnswer}`),
];

/** In the function's haste a busy machine may leave it no time for the call that is waited for. */
const mostAttempts = 5;
/** What an invocation makes of them, unless it tries the same again and again. */
const mostCalls = 20;

/** The calls that carry a value there or back. */
const calls = storeCalls.filter(({ operation }) => /Value|Put|GetPar|Send/.test(operation));

/** Meets the function with an AWS that repeats, in errors and broken answers, what it was sent. */
export async function playQuotingAws(): Promise<LeakWorld> {
  let quoting: { readonly operation: string; readonly answer: Answer } | undefined;
  let quoted = 0;
  const proxy = await startScriptedServer(async (response, request) => {
    const trueAnswer = await forward(leakWorld.world.aws.url, request);
    const target = String(request.headers['x-amz-target']).split('.').at(-1);
    if (target === quoting?.operation) {
      quoted += 1;
      return void quoting?.answer(response, request, trueAnswer.text);
    }
    response.writeHead(trueAnswer.status, { 'content-type': json }).end(trueAnswer.text);
  });
  const QUEUE_URL = new URL(await queuePath(), proxy.url).href;
  const leakWorld = await LeakWorld.start({ AWS_ENDPOINT_URL: proxy.url, QUEUE_URL });
  for (const [hand, { operation, prepare, run }] of calls.entries()) {
    for (const answer of dealt(answers, hand, 3)) {
      quoted = 0;
      for (let attempt = 1; quoted === 0 && attempt <= mostAttempts; attempt++) {
        const end = prepare(leakWorld);
        quoting = { operation, answer };
        const { calls: made } = leakWorld.world.aws;
        const before = made.length;
        await run(leakWorld, { late: () => quoted > 1 || made.length > before + mostCalls });
        quoting = undefined;
        end();
      }
      if (quoted === 0) throw new Error(`no ${operation} was made`);
    }
  }
  return leakWorld;
}

/** Of the function's queue, whose URL's host the SDK sends to; the same at every endpoint. */
async function queuePath(): Promise<string> {
  const { aws, deployment } = await startFleetUnderRole();
  closeAfterTest(() => aws.close());
  return new URL(deployment.rotatorVariables().QUEUE_URL ?? '').pathname;
}

async function forward(url: string, { headers, body }: Received) {
  const sent = Object.fromEntries(
    ['authorization', 'x-amz-target', 'content-type'].map((name) => [name, String(headers[name])]),
  );
  const answer = await fetch(url, { method: 'POST', headers: sent, body });
  return { status: answer.status, text: await answer.text() };
}
