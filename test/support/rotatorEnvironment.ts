import { functionEnvironment } from '../../local/world/environment';

export const rotatorKeyId = 'AKIDROTATOR';

/** The function's environment for local servers; the access key is of no account. */
export const rotatorEnvironment = (awsUrl: string) => functionEnvironment(awsUrl, rotatorKeyId);
