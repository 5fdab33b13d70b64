import { encodeAudioLinkFrame, type AudioLinkHello } from '../../../harness/audio';
import { silence, TestBench } from '../testing/bench';
import { BLOCK_SAMPLES, Rig } from '../testing/rig';
import { ofType } from '../testing/tiny-provider';

describe('AudioLinkServer', () => {
  let bench: TestBench;
  beforeEach(async () => (bench = await TestBench.open({ crystalPpm: 25 })));
  afterEach(() => bench.close());

  /** A rig that has the place and has not greeted: it is, when another is hung up on and it is not. */
  const servedRig = async (): Promise<Rig> => {
    for (;;) {
      const rig = await Rig.connect(bench.board.audioLink);
      const other = await Rig.connect(bench.board.audioLink);
      if (await Promise.race([rig.ended.then(() => false), other.ended.then(() => true)])) return rig;
      other.close();
      await other.ended;
      // The server learns of an end some turns of the event loop later; until then the place is taken.
      await bench.state();
    }
  };

  it('names its crystal, hangs up on a second rig, and serves the next when the first has gone', async () => {
    const second = await Rig.connect(bench.board.audioLink);
    await second.ended;
    bench.rig.close();
    const next = await servedRig();
    expect((await next.greet()).boardPpm).toBe(25);
    next.close();
  });

  it('marks each append with its place on the clock of the rig', async () => {
    const marked = bench.rig.uplinkMarks.length;
    await bench.rig.play(silence(400));
    const marks = bench.rig.uplinkMarks.slice(marked);
    expect(marks.length).toBeGreaterThanOrEqual(19);
    for (const [n, mark] of marks.entries()) {
      expect(mark.streamSample % 480).toBe(0);
      if (n === 0) continue;
      expect(mark.atLinkSample - marks[n - 1]!.atLinkSample).toBeCloseTo(960 / 1.000025, 6);
      expect(mark.hostAtMs).toBeGreaterThan(marks[n - 1]!.hostAtMs);
    }
  });

  it('keeps the provider supplied with silence when no rig is connected', async () => {
    const { messages } = bench.provider;
    bench.rig.close();
    await bench.rig.ended;
    for (let n = 0; n < 5; n++) await messages.next(ofType('input_audio_buffer.append'));
  });

  it.each<[string, Partial<AudioLinkHello>]>([
    ['another schema', { schema: 'earshot/audio-link@9' as AudioLinkHello['schema'] }],
    ['no rate', { rateHz: 0 }],
    ['a huge block', { blockSamples: 1e9 }],
    ['a clock that is no clock', { rigPpm: NaN }],
  ])('refuses %s', async (_name, hello) => {
    bench.rig.close();
    const rig = await servedRig();
    const welcome = rig.greet(hello).then(() => 'welcome');
    expect(await Promise.race([welcome, rig.ended.then(() => 'hung up')])).toBe('hung up');
  });

  it.each<[string, Buffer]>([
    [
      'a block out of order',
      encodeAudioLinkFrame({ kind: 'mic', blockIndex: 5, samples: new Float32Array(BLOCK_SAMPLES) }),
    ],
    [
      'a block of another length',
      encodeAudioLinkFrame({ kind: 'mic', blockIndex: 0, samples: new Float32Array(7) }),
    ],
    ['a frame without end', Buffer.from('ffffffff03', 'hex')],
    ['a frame of unknown kind', Buffer.from('0100000063', 'hex')],
  ])('lets a rig go that sends %s', async (_name, bytes) => {
    bench.rig.socket.write(bytes);
    await bench.rig.ended;
    expect(await bench.state()).toMatchObject({ running: true });
  });
});
