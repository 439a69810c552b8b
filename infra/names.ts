export { connectionNames, scheduleName } from '../lambda/core/names';
