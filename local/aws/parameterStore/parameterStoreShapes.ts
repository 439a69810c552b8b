import {
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

const Name = string(1, 2048);
const Names = required(list(Name, 1, 10));
const NextToken = string(0, 4096);
const ParameterFilters = list(
  structure({
    Key: required(string(1, 132)),
    Option: string(1, 10),
    Values: list(string(1, 1024), 1, 50),
  }),
  0,
  50,
);

/** The requests understood here, with the limits of the Systems Manager API reference. */
export const shapes = {
  PutParameter: {
    Name: required(Name),
    Value: required(sensitive(string(1, Number.MAX_SAFE_INTEGER))),
    Type: oneOf('SecureString', 'StringList', 'String'),
    Description: string(0, 1024),
    KeyId: string(1, 256),
    Overwrite: boolean,
    Tier: oneOf('Standard', 'Advanced', 'Intelligent-Tiering'),
    Tags: list(structure({ Key: string(1, 128), Value: string(0, 256) }), 0, 1000),
  },
  GetParameter: { Name: required(Name), WithDecryption: boolean },
  GetParameters: { Names, WithDecryption: boolean },
  GetParameterHistory: {
    Name: required(Name),
    WithDecryption: boolean,
    MaxResults: integer(1, 50),
    NextToken,
  },
  GetParametersByPath: {
    Path: required(Name),
    Recursive: boolean,
    WithDecryption: boolean,
    MaxResults: integer(1, 10),
    NextToken,
    ParameterFilters,
  },
  DescribeParameters: { MaxResults: integer(1, 50), NextToken, ParameterFilters },
  DeleteParameter: { Name: required(Name) },
  DeleteParameters: { Names },
};

export type ParameterStoreInput<Operation extends keyof typeof shapes> = Input<
  (typeof shapes)[Operation]
>;
