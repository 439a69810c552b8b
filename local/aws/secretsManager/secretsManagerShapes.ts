import {
  blob,
  boolean,
  type Input,
  integer,
  list,
  oneOf,
  required,
  sensitive,
  string,
  structure,
} from '../shapes';

const SecretId = required(string(1, 2048));
const VersionId = string(32, 64);
const VersionStage = string(1, 256);
const ClientRequestToken = string(32, 64);
const Description = string(0, 2048);
const KmsKeyId = string(0, 2048);
const SecretString = sensitive(string(1, 65536));
const SecretBinary = sensitive(blob(1, 65536));
const MaxResults = integer(1, 100);
const NextToken = string(1, 4096);
const Tags = list(structure({ Key: string(1, 128), Value: string(0, 256) }), 0, 50);

/** The requests understood here, with the limits of the Secrets Manager API reference. */
export const shapes = {
  CreateSecret: {
    Name: required(string(1, 512)),
    ClientRequestToken,
    Description,
    KmsKeyId,
    SecretString,
    SecretBinary,
    Tags,
  },
  GetSecretValue: { SecretId, VersionId, VersionStage },
  /** By their names alone: its filters are not served. */
  BatchGetSecretValue: { SecretIdList: required(list(string(1, 2048), 1, 20)) },
  PutSecretValue: {
    SecretId,
    ClientRequestToken,
    SecretString,
    SecretBinary,
    VersionStages: list(VersionStage, 1, 20),
  },
  UpdateSecret: {
    SecretId,
    ClientRequestToken,
    Description,
    KmsKeyId,
    SecretString,
    SecretBinary,
  },
  UpdateSecretVersionStage: {
    SecretId,
    VersionStage: required(VersionStage),
    RemoveFromVersionId: VersionId,
    MoveToVersionId: VersionId,
  },
  DescribeSecret: { SecretId },
  ListSecretVersionIds: { SecretId, MaxResults, NextToken, IncludeDeprecated: boolean },
  ListSecrets: {
    MaxResults,
    NextToken,
    IncludePlannedDeletion: boolean,
    Filters: list(
      structure({ Key: required(oneOf('name')), Values: required(list(string(0, 512), 1, 10)) }),
      0,
      10,
    ),
  },
  DeleteSecret: {
    SecretId,
    RecoveryWindowInDays: integer(0, Number.MAX_SAFE_INTEGER),
    ForceDeleteWithoutRecovery: boolean,
  },
  RestoreSecret: { SecretId },
  RotateSecret: {
    SecretId,
    ClientRequestToken,
    RotationLambdaARN: string(0, 2048),
    RotationRules: structure({
      AutomaticallyAfterDays: integer(1, 1000),
      Duration: string(2, 3),
      ScheduleExpression: string(1, 256),
    }),
    RotateImmediately: boolean,
  },
  TagResource: { SecretId, Tags: required(Tags) },
};

export type SecretsManagerInput<Operation extends keyof typeof shapes> = Input<
  (typeof shapes)[Operation]
>;
