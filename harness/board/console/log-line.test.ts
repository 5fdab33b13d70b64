import { consoleStream } from '../__fixtures__/console-stream';
import { deviceTimeAt, parseLogLine } from './log-line';

describe('parseLogLine', () => {
  it('reads level, device time, tag and message', () => {
    expect(parseLogLine('I (3360) NETWORK: got ip:192.168.7.31')).toEqual({
      level: 'I',
      deviceAtMs: 3360,
      tag: 'NETWORK',
      message: 'got ip:192.168.7.31',
    });
  });

  it('reads wall-clock time', () => {
    expect(parseLogLine('W (12:34:56.789) REALTIME_WS: slow')).toEqual({
      level: 'W',
      wallClock: '12:34:56.789',
      tag: 'REALTIME_WS',
      message: 'slow',
    });
  });

  it('reads the four shapes of a stamp, and a log without any', () => {
    const stamps = consoleStream('log-stamps.txt')
      .toString()
      .split('\r\n')
      .map((line) => parseLogLine(line))
      .filter((line) => line?.tag === 'NETWORK' && line.level === 'I')
      .map((line) => ({ ...line, level: undefined, tag: undefined, message: undefined }));
    expect(stamps).toEqual([
      { wallClock: '00:00:03.360' },
      { wallDate: '2025-12-31', wallClock: '23:59:59.999' },
      { wallDate: '2025-12-31', wallClock: '23:59:59.999' },
      { unixAtMs: 1_735_689_599_123 },
      {},
    ]);
  });

  it('reads Wi-Fi lines, which have no space after the tag', () => {
    expect(parseLogLine('I (592) wifi:state: init -> auth (0xb0)')).toMatchObject({
      tag: 'wifi',
      message: 'state: init -> auth (0xb0)',
    });
  });

  it('reads a tag with a space where there is a time', () => {
    expect(parseLogLine('I (1) MSPI Timing: ok')?.tag).toBe('MSPI Timing');
  });

  it('reads a line without a time only when its tag is one word', () => {
    expect(parseLogLine('E BOD: Brownout detector was triggered')).toEqual({
      level: 'E',
      tag: 'BOD',
      message: 'Brownout detector was triggered',
    });
    expect(parseLogLine('I think so: yes')).toBeUndefined();
  });

  it.each(['', 'Light set to ON', 'esp> ', 'I (abc) TAG: x', 'I () TAG: x', 'I (12345678901) TAG: x'])(
    'leaves %j alone',
    (text) => {
      expect(parseLogLine(text)).toBeUndefined();
    },
  );
});

describe('deviceTimeAt', () => {
  it.each([
    ['I (3360) NETWORK: x', 3360],
    ['V (0) a: b', 0],
    ['I (12:34:56.789) a: b', undefined],
    ['I () a: b', undefined],
    ['I (1735689599123) a: b', undefined],
    ['I (33', undefined],
    ['X (3360) a: b', undefined],
    [' (3360) a: b', undefined],
    ['', undefined],
  ])('reads %j as %p', (text, expected) => {
    expect(deviceTimeAt(text, 0)).toBe(expected);
    expect(deviceTimeAt(`I (1) a: b\n${text}\n`, 11)).toBe(expected);
  });
});
