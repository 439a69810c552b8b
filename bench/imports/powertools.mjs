import { getSecret } from '@aws-lambda-powertools/parameters/secrets';

export const handler = ({ connection }) => getSecret(`sfmc/${connection}`, { transform: 'json' });
