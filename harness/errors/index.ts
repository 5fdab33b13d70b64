export { catalogue, type ErrorCode } from './catalogue';
export { closeAll, type Closable } from './close-all';
export {
  BoardError,
  ConfigError,
  FleetError,
  HilError,
  isHilError,
  originOf,
  ProviderError,
  RigError,
  RunError,
  type Facts,
} from './hil-error';
export { origins, type CatalogueEntry, type Origin } from './origin';
export { fromWireError, toWireError, type WireError } from './wire';
