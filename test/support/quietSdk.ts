import { quietSdk } from '../../local/quietSdk';

Object.assign(process.env, quietSdk);
