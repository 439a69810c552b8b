import { paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { connectionParameter } from '../core/names';

/** Every connection of the account and Region: those that have a config. */
export interface Registry {
  /** Names, page by page, so that no more than a page is in memory. */
  pages(): AsyncIterable<readonly string[]>;
}

/**
 * `pages` throws the SDK's error.
 *
 * @param parameterPrefix such as `/sfmc/`
 */
export function createRegistry(client: SSMClient, parameterPrefix: string): Registry {
  return {
    async *pages() {
      // A config is the only String of a connection: with this filter, no page is spent on the
      // SecureStrings, and no ciphertext is read.
      const request = {
        Path: parameterPrefix,
        Recursive: true,
        ParameterFilters: [{ Key: 'Type', Values: ['String'] }],
      };
      // 10 is all that Parameter Store gives at a time.
      const pages = paginateGetParametersByPath({ client, pageSize: 10 }, request);
      for await (const { Parameters = [] } of pages) {
        yield Parameters.flatMap(({ Name = '' }) => {
          const found = connectionParameter(Name, parameterPrefix);
          return found?.leaf === 'config' ? found.connection : [];
        });
      }
    },
  };
}
