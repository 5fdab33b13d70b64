import { writeNtpTime } from './sntp-packet';

it('begins a new era of seconds in 2036', () => {
  const packet = Buffer.alloc(8);
  writeNtpTime(packet, 0, Date.UTC(2036, 1, 7, 6, 28, 15));
  expect(packet.readUInt32BE(0)).toBe(0xffff_ffff);
  writeNtpTime(packet, 0, Date.UTC(2036, 1, 7, 6, 28, 17));
  expect(packet.readUInt32BE(0)).toBe(1);
});
