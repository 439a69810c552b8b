import type { Exchange, WholeAnswer } from '../../local/provider/faults';

type Answer = Exchange['answer'];

/** What a front, or the provider in its own words, may say with any status; `canary` in every member. */
const wholeAnswers = (canary: string): readonly WholeAnswer[] => {
  const headers = {
    location: `https://login.example.com/?refreshToken=${canary}`,
    'set-cookie': `session=${canary}`,
    'www-authenticate': `Bearer realm="${canary}"`,
  };
  const page = `<!DOCTYPE html><html><body>Support id: ${canary}</body></html>`;
  const own = (errorcode: unknown) =>
    JSON.stringify({ message: canary, errorcode, documentation: canary, retryAfter: canary });
  const fronts = [200, 302, 307, 400, 401, 403, 404, 407, 429, 451, 500, 502, 503, 596];
  return [
    ...fronts.map((status) => ({ status, headers, body: page })),
    ...[200, 401, 403, 500].flatMap((status) => [
      { status, headers, body: canary },
      { status, headers, body: JSON.stringify({ error: canary, error_description: canary }) },
      { status, headers, body: JSON.stringify([canary]) },
      { status, headers, body: own(canary) },
      { status, headers, body: '' },
    ]),
    ...([1, 10007, '1', 0] as const).map((code) => ({ status: 401, headers, body: own(code) })),
    { status: 403, body: own(3) },
    { status: 408, body: own(0) },
    { status: 429, retryAfter: { seconds: 1 }, body: own(50100) },
    { status: 429, retryAfter: { seconds: 90, as: 'date' }, body: own(50100) },
    { status: 429, headers: { 'retry-after': canary }, body: own(50100) },
    { status: 503, retryAfter: { seconds: 1.5 }, body: own(50300) },
  ];
};

/** True answers that are odd. */
const oddAnswers = (canary: string): readonly Answer[] => [
  { valid: { byteOrderMark: true } },
  { valid: { members: { expiresIn: '3600' } } },
  { valid: { members: { expiresIn: canary } } },
  { valid: { members: { expiresIn: { [canary]: canary } } } },
  { valid: { members: { accessToken: `${canary}\n.` } } },
  { valid: { members: { accessToken: { token: canary } } } },
  { valid: { members: { refreshToken: `${canary} ${canary}` } } },
  { valid: { members: { refreshToken: [canary] } } },
  { valid: { members: { legacyToken: { token: canary } } } },
  { valid: { members: { [canary]: canary, rest_instance_url: canary } } },
  { valid: { without: ['accessToken'] } },
  { valid: { without: ['expiresIn', 'legacyToken'] } },
  { valid: { without: ['refreshToken'] } },
  { valid: { without: ['refreshToken'], members: { expiresIn: canary } } },
  { valid: { brokenOff: 30 } },
];

/** What may become of a token request: when it is taken up, and what is answered. */
export const exchangesWith = (canary: string): readonly Exchange[] => {
  const exchange = (takenUp: Exchange['takenUp'], answer: Answer): Exchange => ({
    kind: 'exchange',
    takenUp,
    answer,
  });
  return [
    ...oddAnswers(canary).map((answer) => exchange('now', answer)),
    ...wholeAnswers(canary).map((answer, at) => exchange(at % 2 === 0 ? 'now' : 'never', answer)),
    ...(['cut', 'closed', 'none'] as const).map((answer) => exchange('now', answer)),
    exchange('never', 'reset'),
    exchange({ afterRequests: 1 }, 'closed'),
    exchange({ afterMs: 1_000 }, { status: 403, body: canary }),
  ];
};

/** What the interfaces beside the token endpoint may say. */
export const otherAnswersWith = (canary: string): readonly Answer[] => {
  const items = (rest: unknown, soap: unknown) =>
    JSON.stringify({ items: [rest, soap].map((url, at) => ({ type: ['rest', 'soap'][at], url })) });
  return [
    ...[items(`https://${canary}.example.com`, `https://${canary}.example.com/Service.asmx`)],
    ...[items({ url: canary }, [canary]), items(`${canary}`, `http://127.0.0.1/${canary}`)],
  ].map((body): Answer => ({ status: 200, body }));
};
