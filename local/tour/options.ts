import { parseArgs } from 'node:util';

export const help = `Tours the product on local endpoints: rotations, failures, recoveries. Needs no account.

  npm start
  npm start -- --brief
  npm start -- --watch [--port N]

  --brief   prints the chapters' titles and the summary alone
  --watch   keeps the world of the tour going, and serves a page on 127.0.0.1 on which to
            rehearse an incident and watch it heal, from the story's end until Ctrl-C
  --port N  serves that page on port N (default: a free one)
  --help    this text
`;

export interface TourOptions {
  /** Another bundle's folder than dist/rotator. */
  readonly bundleDir: string | undefined;
  readonly isBrief: boolean;
  readonly isWatched: boolean;
  readonly port: number | undefined;
}

/** @throws Error, with a message for the user, if the options are not understood. */
export function parseTourOptions(args: string[]): TourOptions | 'help' {
  const { values, positionals } = parseArgs({
    args,
    strict: true,
    allowPositionals: true,
    options: {
      brief: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      port: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const [bundleDir, ...others] = positionals;
  if (others.length > 0) throw new Error('at most one folder can be given');
  const { port } = values;
  if (port !== undefined && !values.watch) throw new Error('--port is of use with --watch only');
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65535)) {
    throw new Error(`--port must be a number from 0 to 65535, not '${port}'`);
  }
  return {
    bundleDir,
    isBrief: values.brief,
    isWatched: values.watch,
    port: port === undefined ? undefined : Number(port),
  };
}
