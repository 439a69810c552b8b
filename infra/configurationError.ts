/**
 * A mistake in what the user wrote or forgot, named with its remedy. The app prints the message
 * alone: a stack trace would bury it.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
