export { resetByWatchdog } from './chip-watchdog';
export { flashByEsptool, type EsptoolOptions } from './esptool';
export { flashBoard, type FlashBoardOptions, type FlashResult, type PortPresence } from './flash-board';
export type { FlashProgress } from './flash-progress';
export { loadFlashPlan, type FlashPlan } from './flash-plan';
export type { FlashRegion } from './loader-session';
export type { UsbIds } from './web-serial-device';
export type { WifiCredentials } from './wifi-in-nvs';
