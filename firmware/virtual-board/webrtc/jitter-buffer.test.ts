import { JitterBuffer, type ArrivedPacket } from './jitter-buffer';

const packet = (sequenceNumber: number): ArrivedPacket => ({
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: sequenceNumber * 960,
  ssrc: 1,
  payload: Buffer.of(sequenceNumber & 0xff),
});

/** What is played of packets that all arrived at once. */
const played = (buffer: JitterBuffer, nowMs = 1_000): (number | 'lost')[] => {
  const due: (number | 'lost')[] = [];
  for (let next = buffer.next(nowMs); next !== undefined; next = buffer.next(nowMs))
    due.push(next === 'lost' ? next : next.sequenceNumber);
  return due;
};

const filled = (...numbers: readonly number[]): JitterBuffer => {
  const buffer = new JitterBuffer();
  for (const number of numbers) buffer.push(packet(number), 0);
  return buffer;
};

describe('JitterBuffer', () => {
  it('waits for three packets, or for 80 ms where no more come', () => {
    const buffer = filled(10, 11);
    expect(buffer.next(79)).toBeUndefined();
    buffer.push(packet(12), 79);
    expect(played(buffer, 79)).toEqual([10, 11, 12]);
    buffer.push(packet(13), 100);
    expect(buffer.next(179)).toBeUndefined();
    expect(played(buffer, 180)).toEqual([13]);
  });

  it('puts packets in order, also where their numbers wrap', () => {
    expect(played(filled(65_535, 65_534, 65_537, 65_536))).toEqual([65_534, 65_535, 0, 1]);
  });

  it('takes each packet once', () => {
    const buffer = filled(1, 2, 2, 3);
    expect(played(buffer)).toEqual([1, 2, 3]);
    buffer.push(packet(2), 1_000);
    expect(buffer.counts).toEqual({ received: 3, lost: 0, concealed: 0, late: 1, duplicated: 1 });
  });

  it('has something in place of what is missing while later packets are there', () => {
    const buffer = filled(1, 2, 5, 6);
    expect(played(buffer)).toEqual([1, 2, 'lost', 'lost', 5, 6]);
    buffer.push(packet(3), 1_000);
    expect(buffer.counts).toEqual({ received: 4, lost: 2, concealed: 2, late: 1, duplicated: 0 });
  });

  it('counts what a reply had lost when it ran dry, without filling the pause up', () => {
    const buffer = filled(1, 2, 3);
    expect(played(buffer)).toEqual([1, 2, 3]);
    for (const number of [6, 7, 8]) buffer.push(packet(number), 2_000);
    expect(played(buffer, 2_000)).toEqual([6, 7, 8]);
    expect(buffer.counts).toMatchObject({ lost: 2, concealed: 0 });
  });

  it('takes half a second of missing numbers for a pause of the sender', () => {
    const buffer = filled(1, 2, 3, 40, 41);
    expect(played(buffer)).toEqual([1, 2, 3, 40, 41]);
    expect(buffer.counts.lost).toBe(0);
  });

  it('drops the oldest of what nobody plays', () => {
    const buffer = filled(...Array.from({ length: 130 }, (_, n) => n));
    const all = played(buffer);
    expect(all).toHaveLength(100);
    expect([all[0], all.at(-1)]).toEqual([30, 129]);
  });
});
