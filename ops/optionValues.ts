import { InvalidArgumentError } from 'commander';

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
