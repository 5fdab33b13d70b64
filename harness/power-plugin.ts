/// <reference types="node" preserve="true" />
/** Public API for power switches of a team's own: `earshot/power`. Apart from the suites' API, which only Jest can load. */
export { definePower, type Clock, type PowerPlugin, type PowerPluginContext } from './ports';
