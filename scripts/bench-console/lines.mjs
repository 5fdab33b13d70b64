// What the boards of the console bench print, and the patterns that wait for it.

/** One line in so many is one that a pattern waits for. */
export const MARK_EVERY = 1000;
export const MARK = /got ip:192\.168\.7\.(\d+)/;

/** Twenty that a suite on a voice board waits for, the mark among them. */
export const patterns = [
  MARK,
  /Light set to (ON|OFF)/,
  /Red set to (\d+)/,
  /Green set to (\d+)/,
  /Blue set to (\d+)/,
  /Volume set to (\d+)/,
  /Door is (Opened|Closed)/,
  /Guru Meditation Error: Core\s+(\d+) panic'ed/,
  /abort\(\) was called at PC/,
  /assert failed: (.+)/,
  /CORRUPT HEAP: (.*) at 0x/,
  /Backtrace: ?0x/,
  /^Rebooting\.\.\./,
  /Entering gdb stub now/,
  /Function Call name=(\S+) call_id=/,
  /^=+Event (\d+)=+$/,
  /PeerConnectionState: (\d+)$/,
  /Realtime session\.updated/,
  /HTTP Status = (\d+)/,
  /Unrecognized command/,
];

/** So many lines as a voice board prints them, as bytes; the same every time. */
export function printedLines(count) {
  const lines = [];
  for (let n = 0; n < count; n += 1) {
    const stamp = `I (${1000 + n * 10})`;
    if (n % MARK_EVERY === MARK_EVERY - 1) lines.push(`${stamp} NETWORK: got ip:192.168.7.${n % 250}`);
    else if (n % 10 < 6) lines.push(`${stamp} webrtc: Send A:${n * 20} [107:8560] Recv A:${n} [98:12740]`);
    else if (n % 10 < 8) lines.push(`Transcript: Hi there! How can I help number ${n}?`);
    else if (n % 10 === 8) lines.push('');
    else lines.push(`${stamp} wifi:state: init -> auth (0xb0)`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}
