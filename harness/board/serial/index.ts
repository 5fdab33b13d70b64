export { consoleLinkOf, nativeUsbOf } from './console-link';
export { describePort, findPort } from './find-port';
export { listSerialPorts, type SerialPortDescription } from './list-ports';
export { openSerialPort, type SerialPortOptions } from './open-serial-port';
export { portKind } from './port-kind';
export { replResetLine } from './repl-reset-line';
export { modemResetLine, type ResetLine } from './reset-line';
export type { ModemLines, SerialTransport } from './serial-transport';
