export { consoleLinkOf, nativeUsbOf } from './console-link';
export { listSerialPorts, type SerialPortDescription } from './list-ports';
export { openSerialPort, type SerialPortOptions } from './open-serial-port';
export { replResetLine } from './repl-reset-line';
export { modemResetLine, type ResetLine } from './reset-line';
export type { ModemLines, SerialTransport } from './serial-transport';
