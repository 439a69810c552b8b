import { type Command, InvalidArgumentError } from 'commander';
import { connectionNamePattern, connectionNameRule } from '../lambda/core/names';
import type { Context } from './context';
import type { ExitCode } from './failures/opsError';

/** Performs a command's action in the context that its options describe, and keeps its exit code. */
export type RunCommand = (
  command: Command,
  action: (context: Context) => Promise<ExitCode>,
) => Promise<void>;

/** Reads a command's NAME. */
export function parseConnectionName(value: string): string {
  if (connectionNamePattern.test(value)) return value;
  throw new InvalidArgumentError(`A connection's name ${connectionNameRule}.`);
}

/** Reads a whole number of seconds up to an hour. */
export const parseSeconds =
  (least: number) =>
  (text: string): number => {
    const seconds = Number(text);
    if (/^\d+$/.test(text) && seconds >= least && seconds <= 3_600) return seconds;
    throw new InvalidArgumentError(`It must be a whole number of seconds from ${least} to 3600.`);
  };

/** Reads the value of --region. */
export function parseRegion(value: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)) return value;
  throw new InvalidArgumentError('A Region looks like "eu-west-1".');
}

/** Reads the value of --endpoint-url. */
export function parseEndpointUrl(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value;
  throw new InvalidArgumentError('It must be a URL such as "http://127.0.0.1:4566".');
}
