import { DeleteSecretCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteParametersCommand, DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { namePrefix } from './account';
import { pagesOf } from './pages';
import type { Target } from './target';

/** DeleteParameters takes no more. */
const maxNames = 10;

/** Deletes what runs that were killed have left; gives the names. No run may be going on. */
export async function deleteLeftovers({ secretsManager, ssm }: Target): Promise<string[]> {
  const secretPages = await pagesOf(async (NextToken) => {
    const { SecretList = [], NextToken: next } = await secretsManager.send(
      new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: [namePrefix] }],
        IncludePlannedDeletion: true,
        NextToken,
      }),
    );
    return { items: SecretList.map(({ Name = '' }) => Name), next };
  });
  const parameterPages = await pagesOf(async (NextToken) => {
    const { Parameters = [], NextToken: next } = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters: [{ Key: 'Name', Option: 'Contains', Values: [namePrefix] }],
        NextToken,
      }),
    );
    return { items: Parameters.map(({ Name = '' }) => Name), next };
  });
  const [secrets, parameters] = [secretPages.flat(), parameterPages.flat()];
  for (const SecretId of secrets) {
    const all = { SecretId, ForceDeleteWithoutRecovery: true };
    await secretsManager.send(new DeleteSecretCommand(all));
  }
  for (let at = 0; at < parameters.length; at += maxNames) {
    const Names = parameters.slice(at, at + maxNames);
    await ssm.send(new DeleteParametersCommand({ Names }));
  }
  return [...secrets, ...parameters];
}
