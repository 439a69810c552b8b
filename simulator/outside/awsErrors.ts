/** An error as an AWS SDK client throws it: known by its name. */
export function awsError(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}
