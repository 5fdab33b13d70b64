export { flashByEsptool, type EsptoolOptions } from './flash-by-esptool';
