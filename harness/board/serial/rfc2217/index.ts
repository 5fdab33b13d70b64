export { openRfc2217 } from './open-rfc2217';
export { isRfc2217 } from './rfc2217-address';
