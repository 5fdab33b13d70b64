import { consoleLinkOf, nativeUsbOf } from './console-link';

const path = '/dev/ttyACM7';
const portsOf = (vendorId: string, productId: string) => () =>
  Promise.resolve([{ path, vendorId, productId }]);

describe('consoleLinkOf', () => {
  it.each([
    ["the chip's native USB", path, portsOf('303a', '1001'), { kind: 'usb' }],
    ['native USB that firmware emulates', path, portsOf('303a', '4001'), { kind: 'usb' }],
    [
      'an adapter that is a modem device too',
      path,
      portsOf('1a86', '55d3'),
      { kind: 'uart', baudRate: 9600 },
    ],
    ['a port that USB says nothing about', path, () => Promise.resolve([]), { kind: 'uart', baudRate: 9600 }],
    ['a pseudo-terminal', '/dev/pts/3', portsOf('303a', '1001'), { kind: 'uart', baudRate: 9600 }],
  ])('tells %s', async (_name, port, ports, link) => {
    expect(await consoleLinkOf(port, 9600, ports)).toEqual(link);
  });
});

describe('nativeUsbOf', () => {
  it.each([
    ['the hardware of the chip', portsOf('303a', '1001'), 'usb-serial-jtag'],
    ['what firmware emulates', portsOf('303a', '4001'), 'tiny-usb'],
    ['another product of the vendor', portsOf('303a', '0009'), undefined],
    ['an adapter', portsOf('10c4', '4001'), undefined],
  ])('tells %s', async (_name, ports, native) => {
    expect(await nativeUsbOf(path, ports)).toBe(native);
  });
});
