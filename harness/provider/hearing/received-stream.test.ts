import { ReceivedStream } from './received-stream';

describe('ReceivedStream', () => {
  it('holds whole packets, the last of them at least as long as it is to keep', () => {
    const stream = new ReceivedStream(24_000, 100);
    for (let packet = 0; packet < 5000; packet++) stream.push(new Int16Array(30).fill(packet), packet);
    expect(stream.lengthSamples).toBe(150_000);
    const held = stream.arrivedIn(0, Infinity)!;
    expect(held.packets.map((packet) => packet.hostAtMs)).toEqual([4996, 4997, 4998, 4999]);
    expect(held.firstStreamSample).toBe(150_000 - 120);
    expect([...stream.slice(150_000 - 31, 150_000 - 29)]).toEqual([4998, 4999]);
  });

  it('knows when each sample came, as long as it holds it', () => {
    const stream = new ReceivedStream(24_000, 24_000);
    for (let packet = 0; packet < 100; packet++) stream.push(new Int16Array(480), packet * 20);
    expect(stream.arrivalOf(99 * 480)).toBe(1980);
    expect(stream.arrivalOf(99 * 480 - 1)).toBe(1960);
    expect(stream.arrivalOf(100 * 480)).toBeUndefined();
    expect(stream.arrivalOf(0)).toBeUndefined();
  });

  it('does not grow slow or large in a flood of packets of one sample', () => {
    const stream = new ReceivedStream(24_000, 120 * 24_000);
    const one = Int16Array.of(7);
    const startedAt = performance.now();
    for (let packet = 0; packet < 400_000; packet++) stream.push(one, packet);
    expect(stream.arrivedIn(0, Infinity)!.packets).toHaveLength(60_000);
    // 30 ms alone; moving every packet up for each new one takes half a minute.
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
