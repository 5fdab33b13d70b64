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

  it('knows which samples stand in for lost sound, packets that follow one another as one', () => {
    const stream = new ReceivedStream(24_000, 1000);
    for (const isInvented of [false, true, true, false, true])
      stream.push(new Int16Array(100), 0, isInvented);
    expect(stream.inventedIn(0, 500)).toEqual([
      { from: 100, to: 300 },
      { from: 400, to: 500 },
    ]);
    expect(stream.inventedIn(150, 420)).toEqual([
      { from: 0, to: 150 },
      { from: 250, to: 270 },
    ]);
    expect(stream.inventedIn(300, 400)).toEqual([]);
    for (let packet = 0; packet < 20; packet++) stream.push(new Int16Array(100), 0, packet === 19);
    expect(stream.inventedIn(0, 2500)).toEqual([{ from: 2400, to: 2500 }]);
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
