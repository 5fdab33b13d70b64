import { silence, TestBench, tone } from './testing/bench';

/** Marker lines as docs/markers.md has them, their checksums left to the reader's own tests. */
const linesIn = (text: string) =>
  [...text.matchAll(/@hil (\{[^\r\n]*\})#([0-9a-f]{4})\r\n/g)].map(
    ([, object = '']) =>
      JSON.parse(object) as { us: number; n: number; ev: string; [field: string]: unknown },
  );
const eventsIn = (text: string): string[] => linesIn(text).map(({ ev }) => ev);

describe('a firmware with hil_marker', () => {
  let bench: TestBench;
  beforeEach(async () => (bench = await TestBench.open({ markers: true })));
  afterEach(() => bench.close());

  it('marks microphone, first packet, and the first sound of each reply', async () => {
    const { provider, rig, terminal } = bench;
    await terminal.expect(/"ev":"mic-opened"/);
    await rig.play(silence(200));
    await terminal.expect(/"ev":"first-packet-out"/);
    const from = terminal.text.length;
    provider.send({ type: 'input_audio_buffer.speech_started' });
    provider.send({ type: 'input_audio_buffer.speech_stopped' });
    for (const item of ['item_1', 'item_1', 'item_2']) provider.say(item, tone(100));
    await bench.printedSince(from);
    await rig.play(silence(500));
    await terminal.expect(/"ev":"first-i2s-out"/, from);
    const marked = eventsIn(await bench.printedSince(from));
    expect(marked).toEqual(['speech-started', 'speech-stopped', 'first-audio-in', 'first-i2s-out']);
  });

  it('numbers its markers from 0 at each boot and stamps them by a clock that starts after the log', async () => {
    const { terminal, control } = bench;
    await terminal.expect(/"ev":"mic-opened"/);
    const from = terminal.text.length;
    await control.ask({ op: 'reset' });
    await terminal.expect(/"ev":"mic-opened".*\r\n/, from);
    const text = terminal.text.slice(from);
    const [first] = linesIn(text);
    expect(first).toMatchObject({ n: 0, ev: 'mic-opened' });
    const [, logged = ''] = /I \((\d+)\) OPENAI_APP: Realtime session/.exec(text) ?? [];
    // A tick of 10 ms, and what the queue of the test bench took.
    expect(Number(logged) - first!.us / 1000).toBeGreaterThan(850);
    expect(Number(logged) - first!.us / 1000).toBeLessThan(901);
  });

  it('marks a call, and whether it could be executed', async () => {
    const from = bench.terminal.text.length;
    bench.call('SetVolume', '{"volume":20}', 'call_Ä');
    bench.call('FlyAway', '{}', 'call_2');
    const unstamped = (line: object) =>
      Object.fromEntries(Object.entries(line).filter(([key]) => key !== 'us' && key !== 'n'));
    const marked = linesIn(await bench.printedSince(from)).map(unstamped);
    expect(marked).toEqual([
      { ev: 'call-begun', call: 'call_??', name: 'SetVolume' },
      { ev: 'call-done', call: 'call_??', name: 'SetVolume', ok: true },
      { ev: 'call-begun', call: 'call_2', name: 'FlyAway' },
      { ev: 'call-done', call: 'call_2', name: 'FlyAway', ok: false },
    ]);
  });

  it('answers a ping with its id, tells its heap, and refuses anything else', async () => {
    const { terminal } = bench;
    const typed = async (command: string, pattern: RegExp) => {
      const from = terminal.text.length;
      terminal.type(`${command}\n`);
      await terminal.expect(pattern, from);
      // The session, which goes on, has marks of its own.
      return linesIn(terminal.text.slice(from)).filter(({ ev }) => ev === 'pong' || ev === 'heap');
    };
    expect(await typed('hil ping 4294967295', /"ev":"pong".*#....\r\n/)).toMatchObject([
      { ev: 'pong', id: 4_294_967_295 },
    ]);
    expect(await typed('hil heap', /"ev":"heap".*#....\r\n/)).toMatchObject([{ ev: 'heap', free: 196_604 }]);
    for (const wrong of ['hil', 'hil ping', 'hil ping 4294967296', 'hil ping 1 2', 'hil heap 1'])
      expect(await typed(wrong, /ESP_ERR_INVALID_ARG/)).toEqual([]);
  });
});

it('a firmware without hil_marker prints no marker and has no such command', async () => {
  const bench = await TestBench.open();
  const from = bench.terminal.text.length;
  bench.terminal.type('hil heap\n');
  await bench.terminal.expect(/Unrecognized command/, from);
  expect(bench.terminal.text).not.toContain('@hil');
  await bench.close();
});
