import { subnegotiation, telnetOption } from './telnet';

/** Messages of the Com Port Control option (RFC 2217, device.md section 10), by what a client asks for. */
export const comPort = {
  setBaudRate: 1,
  setDataSize: 2,
  setParity: 3,
  setStopSize: 4,
  setControl: 5,
  flowSuspend: 8,
  flowResume: 9,
} as const;

/** A server's answers, and what it says by itself, have the number of the request and this. */
export const FROM_SERVER = 100;

/** Values of `setControl`. */
export const control = {
  noFlowControl: 1,
  dtrOn: 8,
  dtrOff: 9,
  rtsOn: 11,
  rtsOff: 12,
} as const;

const message = (command: number, ...value: readonly number[]): Buffer =>
  subnegotiation(telnetOption.comPort, Buffer.from([command, ...value]));

/** 32 bits, most significant byte first; 0 asks for the present rate. */
export function baudRateRequest(baudRate: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(baudRate);
  return message(comPort.setBaudRate, ...value);
}

export const controlRequest = (value: number): Buffer => message(comPort.setControl, value);

/** Eight data bits, no parity, one stop bit: what the ROM, ESP-IDF and MicroPython all print with. */
export const frameRequests: readonly { readonly command: number; readonly bytes: Buffer }[] = [
  { command: comPort.setDataSize, bytes: message(comPort.setDataSize, 8) },
  { command: comPort.setParity, bytes: message(comPort.setParity, 1) },
  { command: comPort.setStopSize, bytes: message(comPort.setStopSize, 1) },
];
