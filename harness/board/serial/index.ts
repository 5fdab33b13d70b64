export { consoleLinkOf } from './console-link';
export { listSerialPorts, type SerialPortDescription } from './list-ports';
export { openSerialPort, type SerialPortOptions } from './open-serial-port';
export { modemResetLine, type ResetLine } from './reset-line';
export type { ModemLines, SerialTransport } from './serial-transport';
