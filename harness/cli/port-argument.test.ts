import { portChoiceOf } from './port-argument';

describe('--port', () => {
  it.each([
    ['/dev/ttyUSB0', '/dev/ttyUSB0'],
    ['/dev/serial/by-id/usb-a,b', '/dev/serial/by-id/usb-a,b'],
    ['rfc2217://bench-pi:2217', 'rfc2217://bench-pi:2217'],
    ['serial:7C:DF:A1:00:11:22', { serialNumber: '7C:DF:A1:00:11:22' }],
    ['usb:10C4:ea60', { vid: '10c4', pid: 'ea60' }],
    ['location:3-1,interface:1', { location: '3-1', interface: 1 }],
    ['usb:303a:1001, serial:A1', { vid: '303a', pid: '1001', serialNumber: 'A1' }],
  ])('%s is %j', (text, choice) => {
    expect(portChoiceOf(text)).toEqual(choice);
  });

  it.each(['usb:10c4', 'usb:10c4:ea6', 'serial:', 'location:1-2,intreface:1', 'interface:one', 'serial:A,'])(
    'refuses %s and says what it takes',
    (text) => {
      expect(() => portChoiceOf(text)).toThrow(/^--port has .*; expected serial:NUMBER/);
    },
  );
});
