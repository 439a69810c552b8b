import { AwsError } from './awsError';
import type { Service } from './awsRequest';
import type { FaultKind } from './faults';
import { parameterNotFound } from './parameterStore/parameterStoreErrors';
import { quotaExceeded, secretNotFound } from './secretsManager/secretsManagerErrors';

/** Each service's name for its own failure ("Errors" of its API reference). */
const internalErrorNames: Readonly<Record<Service, string>> = {
  cloudwatch: 'InternalServiceFault',
  events: 'InternalException',
  iam: 'ServiceFailure',
  kms: 'KMSInternalException',
  lambda: 'ServiceException',
  logs: 'InternalFailure',
  scheduler: 'InternalServerException',
  secretsmanager: 'InternalServiceError',
  sqs: 'InternalFailure',
  ssm: 'InternalServerError',
  sts: 'InternalFailure',
};

/** The error that a refusing fault answers with; undefined for the other kinds. `deny` is IAM's. */
export function refusal(kind: FaultKind, service: Service): AwsError | undefined {
  switch (kind) {
    case 'throttle':
      return service === 'lambda'
        ? new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
        : new AwsError('ThrottlingException', 'Rate exceeded');
    case 'internal':
      return new AwsError(
        internalErrorNames[service],
        'An error occurred on the server side.',
        500,
      );
    case 'unavailable':
      return new AwsError('ServiceUnavailableException', 'Service Unavailable', 503);
    case 'denyKms':
      return service === 'ssm'
        ? new AwsError(
            'AccessDeniedException',
            'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
          )
        : new AwsError('AccessDeniedException', 'Access to KMS is not allowed');
    case 'encryptionFailure':
      return new AwsError(
        'EncryptionFailure',
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
      );
    case 'decryptionFailure':
      return new AwsError(
        'DecryptionFailure',
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
      );
    case 'notVisible':
      return service === 'ssm' ? parameterNotFound() : secretNotFound();
    case 'limitExceeded':
      return quotaExceeded();
    default:
      return undefined;
  }
}
