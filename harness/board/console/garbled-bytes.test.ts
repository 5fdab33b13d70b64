import { garbledBytes } from './garbled-bytes';

describe('garbledBytes', () => {
  it.each([
    ['text of every length', Buffer.from('aé灯😀\t\r\n'), 0],
    ['a character without its last byte', Buffer.from('灯灯').subarray(0, 5), 2],
    ['a byte that begins no character', Buffer.of(0x61, 0xff, 0x61), 1],
    ['an overlong form', Buffer.of(0xc0, 0x80), 2],
    ['a surrogate', Buffer.of(0xed, 0xa0, 0x80), 3],
    ['controls that nobody prints', Buffer.of(0x02, 0x1f, 0x7f), 3],
    ['controls among what is no UTF-8', Buffer.of(0x02, 0xff, 0x0a), 2],
    ['nothing', Buffer.alloc(0), 0],
  ])('counts %s', (_, bytes, count) => expect(garbledBytes(bytes)).toBe(count));
});
