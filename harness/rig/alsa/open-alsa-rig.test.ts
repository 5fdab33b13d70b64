import { existsSync } from 'node:fs';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { systemClock, type Xrun } from '../../ports';
import { fakeTools, type FakeStep, type FakeTools } from '../card/__fixtures__/fake-tools';
import type { CardAudioRig } from '../card/card-audio-rig';
import { openAlsaRig, type AlsaRigOptions } from './open-alsa-rig';

/** What a card has recorded by the time the rig counts as open, and a little. */
const OPENING: FakeStep = { record: 12_000 };

/** What aplay says with -v when it has the card. */
const READY: FakeStep = { say: '  rate         : 48000' };

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function tools(recorder: readonly FakeStep[], player: readonly FakeStep[] = []): FakeTools {
  const made = fakeTools({ recorder, player: [READY, ...player] });
  closing.push(() => made.remove());
  return made;
}

const optionsOf = (
  made: Pick<FakeTools, 'environment'>,
  more: Partial<AlsaRigOptions> = {},
): AlsaRigOptions => ({
  name: 'rig-1',
  card: 'pcm:fake',
  device: 0,
  inputs: 2,
  outputs: 2,
  rateHz: 48_000,
  format: 'S16_LE',
  channels: { speaker: 1, loopback: 0 },
  clock: systemClock,
  environment: made.environment,
  ...more,
});

async function opened(made: FakeTools, more: Partial<AlsaRigOptions> = {}): Promise<CardAudioRig> {
  const rig = await openAlsaRig(optionsOf(made, more));
  closing.push(() => rig.close());
  return rig;
}

const nextStep = (rig: CardAudioRig, side: 'recorder' | 'player') =>
  process.kill(rig.processIds[side]!, 'SIGUSR2');
const loss = (rig: CardAudioRig) => new Promise<Error>((resolve) => void rig.onLost(resolve));
const xrunOf = (rig: CardAudioRig) => new Promise<Xrun>((resolve) => void rig.onXrun(resolve));
const isGone = (pid: number) => !existsSync(`/proc/${pid}`);

/** Frame n of the fake card, by channel. */
const frame = (n: number) => [-(n % 30_000) / 32_768, (n % 30_000) / 32_768];

describe('openAlsaRig', () => {
  it('counts every sample once, whatever pieces they come in, and by its role', async () => {
    const rig = await opened(tools([{ pieces: 4093 }, { record: 40_000 }, { pieces: 7 }, { record: 960 }]));
    expect(rig).toMatchObject({
      roles: ['speaker', 'loopback'],
      topology: 'loopback',
      card: { kind: 'alsa', stableId: 'pcm:fake' },
    });
    const { channels, xruns, overruns } = await rig.capture(0, 40_800);
    const [speaker, loopback] = channels as [Float32Array, Float32Array];
    for (const n of [0, 1, 479, 480, 12_345, 29_999, 30_000, 40_799])
      expect([n, speaker[n]! + 0, loopback[n]! + 0]).toEqual([n, frame(n)[0]! + 0, frame(n)[1]! + 0]);
    expect({ xruns, overruns }).toEqual({ xruns: [], overruns: 0 });
  });

  it('marks what arecord says that it lost, at the sample, and goes on', async () => {
    const said = { say: 'overrun!!! (at least 12.500 ms long)' };
    const rig = await opened(
      tools([OPENING, { wait: true }, said, { skip: 600 }, { wait: true }, { record: 9600 }]),
    );
    const xrun = xrunOf(rig);
    const from = rig.position;
    nextStep(rig, 'recorder');
    expect(await xrun).toEqual({ kind: 'overrun', atRigSample: from, lostSamples: 600 });
    nextStep(rig, 'recorder');
    const slice = await rig.capture(from, from + 9600);
    expect(slice).toMatchObject({ overruns: 1, xruns: [{ kind: 'overrun', lostSamples: 600 }] });
    expect(slice.channels[1]![0]).toBe(frame(from + 600)[1]);
    expect((await rig.capture(0, from)).overruns).toBe(0);
  });

  it('marks what aplay says that it had nothing for', async () => {
    const said = { say: 'underrun!!! (at least 40.000 ms long)' };
    const rig = await opened(tools([OPENING, { wait: true }, { record: 24_000 }], [{ wait: true }, said]));
    nextStep(rig, 'recorder');
    await rig.capture(0, 36_000);
    const xrun = xrunOf(rig);
    nextStep(rig, 'player');
    expect(await xrun).toEqual({ kind: 'underrun', atRigSample: 36_000 });
  });

  it('plays a clip on every output, in one piece', async () => {
    const made = tools([OPENING, { wait: true }, { record: 4800 }]);
    const rig = await opened(made);
    const clip = { rateHz: 48_000, samples: new Float32Array(960).fill(0.5) };
    const playing = rig.play(clip);
    nextStep(rig, 'recorder');
    const { startedAtRigSample } = await playing;
    expect(startedAtRigSample).toBeGreaterThan(12_000);
    const frames = (): number[] => {
      const played = made.played();
      return Array.from({ length: Math.floor(played.length / 4) }, (_, i) => played.readUInt32LE(i * 4));
    };
    while (!(frames().includes(0x4000_4000) && frames().at(-1) === 0)) await new Promise(setImmediate);
    const all = frames();
    const from = all.indexOf(0x4000_4000);
    expect(from).toBeGreaterThanOrEqual(10_560);
    expect(all.slice(from, from + 960).every((frame) => frame === 0x4000_4000)).toBe(true);
    expect(all.filter((frame) => frame !== 0)).toHaveLength(960);
  });

  it('leaves no process behind when it is closed', async () => {
    const rig = await opened(tools([OPENING]));
    const { recorder, player } = rig.processIds;
    await rig.close();
    expect([isGone(recorder!), isGone(player!)]).toEqual([true, true]);
  });
});

describe('an ALSA rig that loses its card', () => {
  it.each([
    [
      'says what its recorder said',
      'recorder',
      'arecord ended with exit code 1; it said "arecord: pcm_read:2221: read error: No such device"',
    ],
    [
      'says what its player said',
      'player',
      'aplay ended with exit code 1; it said "arecord: pcm_read:2221: read error: No such device"',
    ],
  ] as const)('%s', async (_, side, message) => {
    const dies: FakeStep[] = [
      { wait: true },
      { say: 'arecord: pcm_read:2221: read error: No such device' },
      { exit: 1 },
    ];
    const rig = await opened(
      tools([OPENING, ...(side === 'recorder' ? dies : [])], side === 'player' ? dies : []),
    );
    const waiting = expect(rig.capture(0, 1e9)).rejects.toMatchObject({ code: 'HIL_RIG_CARD_LOST' });
    const lost = loss(rig);
    nextStep(rig, side);
    expect(await lost).toMatchObject({
      code: 'HIL_RIG_CARD_LOST',
      origin: 'bench',
      message: expect.stringContaining(message),
      facts: { card: 'pcm:fake' },
    });
    await waiting;
    expect(await loss(rig)).toMatchObject({ code: 'HIL_RIG_CARD_LOST' });
    await expect(rig.play({ rateHz: 48_000, samples: new Float32Array(1) })).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_LOST',
    });
    expect((await rig.capture(0, 12_000)).channels[0]).toHaveLength(12_000);
  });

  it('says how it was killed', async () => {
    const rig = await opened(tools([OPENING]));
    const lost = loss(rig);
    process.kill(rig.processIds.recorder!, 'SIGKILL');
    expect((await lost).message).toContain('arecord ended with SIGKILL; it said nothing');
  });

  it('keeps the end of what a program says without end', async () => {
    const noise = { say: `line # ${'x'.repeat(2000)}`, times: 200 };
    const rig = await opened(tools([OPENING, { wait: true }, noise, { exit: 3 }]));
    const lost = loss(rig);
    nextStep(rig, 'recorder');
    const { message } = await lost;
    expect(message).toContain('line 199');
    expect(message.length).toBeLessThan(5000);
  });

  it('gives up a card that runs and records nothing, and not before five seconds of that', async () => {
    const clock = new ManualClock();
    const rig = await opened(tools([OPENING]), { clock });
    const lost = loss(rig);
    let isLost = false;
    void lost.then(() => (isLost = true));
    for (let second = 0; second < 5; second++) clock.advance(1000);
    await Promise.resolve();
    expect(isLost).toBe(false);
    clock.advance(1000);
    expect(await lost).toMatchObject({
      code: 'HIL_RIG_STALLED',
      message: expect.stringMatching(
        /no sound for 5 s: arecord still runs and stopped recording after 0\.3 s/,
      ),
    });
  });
});

describe('an ALSA rig whose player hangs', () => {
  it('is lost when that has taken no sound for five seconds', async () => {
    const clock = new ManualClock();
    // In time: a player that only gets its sound too late is replaced.
    const steps = Array.from({ length: 60 }, (): FakeStep[] => [{ wait: true }, { record: 9600 }]).flat();
    const made = tools([{ record: 9600 }, ...steps]);
    const rig = await opened({ ...made, environment: { ...made.environment, FAKE_DEAF: '1' } }, { clock });
    const lost = loss(rig);
    const progress = { isLost: false };
    rig.onLost(() => (progress.isLost = true));
    // A pipe holds a second or two.
    for (let step = 0; step < 60 && !progress.isLost; step++) {
      const to = rig.position + 9600;
      nextStep(rig, 'recorder');
      await rig.capture(rig.position, to);
      clock.advance(200);
    }
    expect(await lost).toMatchObject({
      code: 'HIL_RIG_STALLED',
      message: expect.stringContaining('aplay still runs and has taken no sound for 5 s'),
    });
  });
});

describe('an ALSA rig that cannot be opened', () => {
  it.each([
    [
      'arecord: main:831: audio open error: Device or resource busy',
      'HIL_RIG_CARD_BUSY',
      'somebody else has it open',
    ],
    [
      'arecord: main:831: audio open error: No such file or directory',
      'HIL_RIG_CARD_MISSING',
      'it is not there',
    ],
    [
      'arecord: set_params:1352: Sample format non available',
      'HIL_RIG_CARD_REFUSED',
      '48000 Hz, S16_LE, 2 channels',
    ],
    ['something that nobody foresaw', 'HIL_RIG_CARD_LOST', 'something that nobody foresaw'],
  ])('says why: %s', async (said, code, message) => {
    const made = tools([{ say: said }, { exit: 1 }]);
    await expect(openAlsaRig(optionsOf(made))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('refuses a card that runs at another rate', async () => {
    const setUp = ['Its setup is:', '  stream       : CAPTURE', '  rate         : 44100'].map((say) => ({
      say,
    }));
    await expect(openAlsaRig(optionsOf(tools([...setUp, OPENING])))).rejects.toMatchObject({
      code: 'HIL_RIG_WRONG_RATE',
      facts: { expectedHz: 48_000, foundHz: 44_100 },
    });
  });

  it('names the package of a program that is not there', async () => {
    const environment = { PATH: '/nonexistent' };
    await expect(openAlsaRig(optionsOf({ environment }))).rejects.toMatchObject({
      code: 'HIL_RIG_PROGRAM_MISSING',
      message: expect.stringContaining(
        'there is no arecord on this machine; Debian has it in the package alsa-utils',
      ),
    });
  });

  it('gives up one that says nothing and records nothing', async () => {
    const clock = new ManualClock();
    const opening = expect(openAlsaRig(optionsOf(tools([]), { clock }))).rejects.toMatchObject({
      code: 'HIL_RIG_STALLED',
    });
    for (let turn = 0; clock.pendingCount === 0 && turn < 1000; turn++) await Promise.resolve();
    clock.advance(20_000);
    await opening;
  });

  it('says which system it is that has no ALSA', async () => {
    const made = { environment: {} };
    await expect(openAlsaRig(optionsOf(made, { platform: 'darwin' }))).rejects.toMatchObject({
      code: 'HIL_RIG_UNAVAILABLE',
      origin: 'config',
      message: expect.stringContaining('this is darwin'),
    });
  });
});
