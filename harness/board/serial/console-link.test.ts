import { consoleLinkOf } from './console-link';

const path = '/dev/ttyACM7';
const portsOf = (vendorId: string, productId: string) => () =>
  Promise.resolve([{ path, vendorId, productId }]);

describe('consoleLinkOf', () => {
  it.each([
    ["the chip's native USB", path, portsOf('303a', '1001'), { kind: 'usb' }],
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
