import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { objectOf, parseJson, validate } from '../core/validate';

/** A refresh token that has been sent and whose successor is not stored yet. */
export interface UnfinishedExchange {
  /** The token's fingerprint; never the token. */
  readonly refreshToken: string;
  readonly lastUseMs: number;
}

/**
 * Notes an exchange where a crash of the process does not reach it, so that the next invocation
 * asks again inside the 5 minutes even if the access token still looks fresh.
 */
export interface Journal {
  read(connection: string): UnfinishedExchange | undefined;
  write(connection: string, exchange: UnfinishedExchange): void;
  clear(connection: string): void;
}

const entrySchema = objectOf({
  refreshToken: v.pipe(v.string(''), v.regex(/^[0-9a-f]{8}$/, '')),
  lastUseMs: v.number(''),
});

/**
 * A journal in Lambda's `/tmp`, which outlives a crash or timeout: Lambda resets the environment
 * without clearing it (AWS Lambda Developer Guide, "Lambda execution environment lifecycle").
 * It only improves on the other safeguards, so trouble with the disk is not passed on.
 */
export function createFileJournal(root = path.join(tmpdir(), 'sfmc-token-rotator')): Journal {
  const fileOf = (connection: string) => path.join(root, `${connection}.json`);
  return {
    read(connection) {
      const text = quietly(() => readFileSync(fileOf(connection), 'utf8'));
      const json = parseJson(text ?? '');
      const entry = json.ok ? validate(entrySchema, json.value) : undefined;
      return entry?.ok ? entry.value : undefined;
    },
    write(connection, exchange) {
      quietly(() => {
        mkdirSync(root, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(connection), JSON.stringify(exchange), { mode: 0o600 });
      });
    },
    clear(connection) {
      quietly(() => rmSync(fileOf(connection), { force: true }));
    },
  };
}

function quietly<T>(effect: () => T): T | undefined {
  try {
    return effect();
  } catch {
    return undefined;
  }
}
