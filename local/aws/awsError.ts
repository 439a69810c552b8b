/**
 * A refusal as AWS words it. `name` is the error code that SDK clients see, `status` the HTTP status.
 * The message may be empty: Systems Manager answers `ParameterNotFound` without one.
 * Source: "Common Error Types" of the Secrets Manager and Systems Manager API references.
 */
export class AwsError extends Error {
  override readonly name: string;

  constructor(
    name: string,
    message = '',
    readonly status = 400,
  ) {
    super(message);
    this.name = name;
  }
}
