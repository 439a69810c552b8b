/** The API calls that sources make by commands or by paginators of these clients. */
export function callsIn(sources: readonly string[], services: Readonly<Record<string, string>>) {
  const calls = sources.flatMap((text) =>
    [...text.matchAll(/import \{([^}]*)\} from '([^']+)'/g)].flatMap(
      ([, names = '', from = '']) => {
        const service = services[from];
        if (service === undefined) return [];
        return [...names.matchAll(/paginate(\w+)|(\w+)Command\b/g)].map(
          ([, paginated, sent]) => `${service}:${paginated ?? sent}`,
        );
      },
    ),
  );
  return [...new Set(calls)].sort();
}
