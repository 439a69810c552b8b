import { styleText } from 'node:util';
import { wrap } from '../tour/layout';
import { region } from '../world/environment';
import { connection, type Demo } from './demo';
import { type DemoOptions, defaultPort } from './options';

type Line = readonly [command: string, what: string];

/** What there is, and what to type next. */
export function guideOf(
  { aws, provider, functionName }: Demo,
  { paceMs }: DemoOptions,
  columns: number,
): string {
  const isFoundByLocal = aws.url.endsWith(`:${defaultPort}`);
  const target = isFoundByLocal ? '--local' : `--local --endpoint-url ${aws.url}`;
  const ops = (command: string) => `npm run --silent ops -- ${command} ${target}`;
  const cli = (command: string) => `aws --endpoint-url ${aws.url} --region ${region} ${command}`;
  const control = (name: string) =>
    `curl -s -H content-type:application/json -d '{}' ${provider.url}/_control/${name}`;
  const secret = `--secret-id sfmc/${connection}`;

  const looking: Line[] = [
    [ops('list'), 'every connection'],
    [ops('status'), 'one line for each; exit code 0 while all is well'],
    [ops(`doctor ${connection}`), 'every check of one'],
  ];
  const doing: Line[] = [
    [ops(`rotate ${connection} --force`), 'rotate now, though the token is fresh'],
    [ops(`recover ${connection}`), 'what is wrong with its chain, and what to do'],
    [
      `${control('client-secret')} | ${ops(`stage-secret ${connection} --stdin`)}`,
      'have the provider make a client secret, and stage it',
    ],
    [ops(`promote-secret ${connection}`), 'then put it in the place of the present one'],
    [
      `${control('login')} | ${ops(`seed ${connection} --replace --stdin`)}`,
      'log in again, and begin another chain',
    ],
    [ops(`remove ${connection} --yes`), 'retire it; ends what there is to see'],
  ];
  const awsCli: Line[] = [
    ['export AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo', 'any credentials do'],
    [cli(`secretsmanager get-secret-value ${secret}`), 'what your Lambdas read'],
    [cli(`secretsmanager describe-secret ${secret}`), 'its versions and labels'],
    [
      cli(`secretsmanager rotate-secret ${secret}`),
      "Secrets Manager's own rotation, by the function's four steps",
    ],
    [
      cli(`logs filter-log-events --log-group-name /aws/lambda/${functionName}`),
      "the function's log",
    ],
    [cli(`scheduler get-schedule --name sfmc-${connection}`), 'its schedule'],
  ];
  const breaking: Line[] = [
    [
      `curl -s -H content-type:application/json -d '{"kind":"dropAfter"}' ${provider.url}/_control/faults`,
      'lose the next answer of the provider, and watch it recover',
    ],
    ['npm start -- --watch', 'a page on which to rehearse incidents; a world of its own'],
  ];

  return [
    styleText('bold', 'sfmc-token-rotator: a local world that stays'),
    '',
    ...fitted('AWS', `${aws.url} (set AWS_ENDPOINT_URL to it in your own code)`, columns),
    ...fitted('Marketing Cloud', provider.url, columns),
    ...fitted(
      'Connection',
      `${connection}, rotated about every ${paceMs / 1_000} seconds (--pace). Deployed, that is every ` +
        '20 minutes: with each tick of its schedule, the stored token set is made 5 minutes older here.',
      columns,
    ),
    '',
    styleText('bold', 'Type in another terminal'),
    ...sectionOf('Look', looking, columns),
    ...sectionOf('Act', doing, columns),
    ...sectionOf('As AWS', awsCli, columns),
    ...sectionOf('Break', breaking, columns),
    '',
    ...wrap('Ctrl-C ends it, and nothing is kept. Rotations, as they come:', 0, columns),
    '',
  ].join('\n');
}

/** Wrapped beside its name. */
const fitted = (name: string, text: string, columns: number): string[] =>
  wrap(text, nameColumns.length, columns).map(
    (line, at) => (at === 0 ? `  ${name}` : '').padEnd(nameColumns.length) + line,
  );

const nameColumns = '  Marketing Cloud  ';

/** Commands stand on lines of their own, so that they can be copied whole. */
const sectionOf = (title: string, lines: readonly Line[], columns: number): string[] => [
  '',
  `${title}:`,
  ...lines.flatMap(([command, what]) => [
    ...wrap(what, 4, columns).map((part) => `  ${styleText('dim', `# ${part}`)}`),
    `  ${styleText('cyan', command)}`,
  ]),
];
