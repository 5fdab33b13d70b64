import { CutSwitch } from './link-cut';
import { factsOf, LinkLog, type DatagramEntry } from './link-log';
import { isRtp } from './packet-kind';

/** One datagram each 20 ms: `.` passes, `x` is lost, `c` is cut, `q` finds no room; a capital is no sound. */
function logOf(fates: string): LinkLog {
  const outcomes: Readonly<Record<string, DatagramEntry['outcome']>> = {
    x: 'loss',
    c: 'cut',
    q: 'queue-full',
  };
  const log = new LinkLog();
  Array.from(fates).forEach((fate, k) => {
    const isAudio = fate === fate.toLowerCase();
    const outcome = outcomes[fate.toLowerCase()] ?? 'passed';
    log.add({ sentAtMs: 20 * k, dueAtMs: 20 * k + 5 * (k % 3), isAudio, outcome, twice: false });
  });
  return log;
}

it('counts runs with their lengths and places, whatever they were lost for', () => {
  expect(factsOf(logOf('..x..xXx.cq.').between())).toMatchObject({
    sent: 12,
    lost: 4,
    cut: 1,
    overflowed: 1,
    audioSent: 11,
    audioLost: 5,
    bursts: [
      { fromHostAtMs: 40, toHostAtMs: 40, datagrams: 1, audioPackets: 1 },
      { fromHostAtMs: 100, toHostAtMs: 140, datagrams: 3, audioPackets: 2 },
      { fromHostAtMs: 180, toHostAtMs: 200, datagrams: 2, audioPackets: 2 },
    ],
  });
});

it('counts delays of what passed alone', () => {
  const { delayed, delayMs } = factsOf(logOf('...x').between());
  expect({ delayed, delayMs }).toEqual({ delayed: 2, delayMs: { mean: 5, max: 10 } });
  expect(factsOf(logOf('xx').between())).not.toHaveProperty('delayMs');
});

it('counts what was sent in a stretch of time', () => {
  const { sent, bursts } = factsOf(logOf('xxxxxx').between(40, 100));
  expect(sent).toBe(3);
  expect(bursts).toEqual([{ fromHostAtMs: 40, toHostAtMs: 80, datagrams: 3, audioPackets: 3 }]);
});

it('forgets the oldest and keeps a turn', () => {
  const log = logOf('.'.repeat(70_000));
  expect(log.between().length).toBeLessThanOrEqual(40_000);
  expect(log.between(70_000 * 20 - 100_000).length).toBe(5000);
});

describe('a cut', () => {
  it('begins with the byte that it is told, and ends when it is told', () => {
    const cut = new CutSwitch({ afterBytes: 300, how: 'stall', lastsMs: 100 });
    const seen = [0, 20, 40, 60, 139, 140, 160].map((nowMs) => {
      cut.count(100);
      return cut.isCut(nowMs);
    });
    expect(seen).toEqual([false, false, true, true, true, false, false]);
  });

  it('lasts for good when nothing is said, and is there at once after no byte', () => {
    const cut = new CutSwitch({ afterBytes: 0, how: 'reset' });
    expect([0, 1e9].map((nowMs) => cut.isCut(nowMs))).toEqual([true, true]);
    expect(new CutSwitch(undefined).isCut(0)).toBe(false);
  });
});

it.each([
  ['RTP, Opus', [0x80, 111], true],
  ['RTP with its marker set', [0x90, 0x80 | 111], true],
  ['an RTCP sender report', [0x80, 200], false],
  ['RTCP feedback', [0x81, 205], false],
  ['a STUN request', [0x00, 0x01], false],
  ['a DTLS record', [22, 254], false],
  ['nothing', [], false],
])('tells %s from sound', (_, bytes, sound) => {
  expect(isRtp(Uint8Array.from(bytes))).toBe(sound);
});
