export { openPower, type PowerOptions } from './open-power';
