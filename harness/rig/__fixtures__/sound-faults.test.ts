import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from './private-pulse';
import { setSoundFault, type SetFault, type SoundFaultName } from './sound-faults';

const RATE_HZ = 48_000;
const FRAMES = 6_000;

/** RMS of a channel in dBFS, in steps of 5 dB, since gaps of a busy machine's sound take some of it away; −120 for silence. */
const levelOf = (samples: Int16Array): number => {
  const power = samples.reduce((sum, value) => sum + (value / 32_768) ** 2, 0) / samples.length;
  return Math.max(-120, 5 * Math.round(2 * Math.log10(power + 1e-12)));
};

describeWithPulse(
  'faults of the sound world (skipped without PulseAudio: apt-get install pulseaudio pulseaudio-utils)',
  () => {
    let pulse: PrivatePulse;
    let fault: SetFault | undefined;
    beforeAll(async () => {
      pulse = await startPrivatePulse();
    });
    afterEach(() => fault?.undo());
    afterAll(() => pulse.close());

    const start = (
      program: string,
      device: string,
      channels: number,
      env: Readonly<Record<string, string>>,
    ) =>
      spawn(
        program,
        [
          '-d',
          device,
          '--raw',
          '--format=s16le',
          `--rate=${RATE_HZ}`,
          `--channels=${channels}`,
          '--latency-msec=20',
        ],
        { env: { ...process.env, ...pulse.env, ...env }, stdio: ['pipe', 'pipe', 'ignore'] },
      );

    /** Tones of −20 dBFS into both cables (1 kHz to the microphone, 2 kHz from the speaker), and what is heard while both play. */
    async function hear(env: Readonly<Record<string, string>> = {}) {
      const players = ['cable_to_mic', 'cable_from_speaker'].map((sink, n) => {
        const player = start('pacat', sink, 1, env);
        player.stdin.on('error', () => undefined);
        const tone = Int16Array.from({ length: 4 * RATE_HZ }, (_, at) =>
          Math.round(32_768 * 0.1414 * Math.sin((2 * Math.PI * 1_000 * (n + 1) * at) / RATE_HZ)),
        );
        player.stdin.write(Buffer.from(tone.buffer));
        return player;
      });
      const [card, microphone] = await Promise.all([
        record('earshot_rig.monitor', 2, env),
        record('cable_to_mic.monitor', 1, env),
      ]);
      for (const player of players) {
        const ended = once(player, 'exit');
        player.kill();
        await ended;
      }
      const channel = (n: number) =>
        Int16Array.from({ length: card.length / 2 }, (_, at) => card[2 * at + n]!);
      return { left: channel(0), right: channel(1), microphone };
    }

    /** The second half of a recording of this length. */
    async function record(
      source: string,
      channels: number,
      env: Readonly<Record<string, string>>,
      frames = 2 * FRAMES,
    ) {
      const recorder = start('parec', source, channels, env);
      const pieces: Buffer[] = [];
      let bytes = 0;
      const skipped = (frames / 2) * channels * 2;
      await new Promise<void>((resolve) =>
        recorder.stdout.on('data', (piece: Buffer) => {
          pieces.push(piece);
          bytes += piece.length;
          if (bytes >= 2 * skipped) resolve();
        }),
      );
      recorder.kill();
      const all = Buffer.concat(pieces).subarray(skipped, 2 * skipped);
      return new Int16Array(new Uint8Array(all).buffer);
    }

    /** Frequency of a tone, from its usual cycle: gaps of a busy machine's sound take cycles away, and make no other longer. */
    const frequencyOf = (samples: Int16Array): number => {
      const crossings = [...samples.keys()].filter((n) => n > 0 && samples[n - 1]! < 0 && samples[n]! >= 0);
      const cycles = crossings.slice(1).map((at, n) => at - crossings[n]!);
      const median = cycles.toSorted((a, b) => a - b)[cycles.length >> 1] ?? NaN;
      const usual = cycles.filter((cycle) => Math.abs(cycle - median) <= 1);
      return (RATE_HZ * usual.length) / usual.reduce((sum, cycle) => sum + cycle, 0);
    };

    async function withFault(name: SoundFaultName | undefined) {
      fault = name === undefined ? undefined : await setSoundFault(pulse, name);
      const heard = await hear(fault?.env);
      return {
        ...heard,
        levels: [heard.left, heard.right, heard.microphone].map(levelOf),
        tones: [heard.left, heard.right].map((samples) => Math.round(frequencyOf(samples) / 50) * 50),
      };
    }

    it('are none at first: each cable is on its channel, and the microphone hears the prompt', async () => {
      expect(await withFault(undefined)).toMatchObject({ levels: [-20, -20, -20], tones: [1_000, 2_000] });
    });

    it.each<[SoundFaultName, readonly number[]]>([
      ['muted-to-mic', [-120, -20, -120]],
      ['muted-from-speaker', [-20, -120, -20]],
      ['no-loopback', [-120, -20, -20]],
    ])('%s', async (name, levels) => {
      expect((await withFault(name)).levels).toEqual(levels);
    });

    it('swapped-channels', async () => {
      expect(await withFault('swapped-channels')).toMatchObject({
        levels: [-20, -20, -20],
        tones: [2_000, 1_000],
      });
    });

    it.each<[SoundFaultName, 'left' | 'right']>([
      ['clipped-to-mic', 'left'],
      ['clipped-from-speaker', 'right'],
    ])('%s', async (name, side) => {
      const samples = (await withFault(name))[side];
      expect(samples.filter((value) => value >= 32_766 || value <= -32_767).length).toBeGreaterThan(
        samples.length / 4,
      );
    });

    it('wrong-rate: what was recorded is higher by 48 000 over 44 100', async () => {
      fault = await setSoundFault(pulse, 'wrong-rate');
      // Played at the right rate, recorded at the wrong one: as of a board that knows nothing of the card.
      const players = start('pacat', 'cable_from_speaker', 1, {});
      players.stdin.on('error', () => undefined);
      const tone = Int16Array.from(
        { length: 4 * RATE_HZ },
        (_, at) => 3_000 * Math.sin((2 * Math.PI * at) / 48),
      );
      players.stdin.write(Buffer.from(tone.buffer));
      const card = await record('earshot_rig.monitor', 2, fault.env);
      players.kill();
      const right = Int16Array.from({ length: card.length / 2 }, (_, at) => card[2 * at + 1]!);
      expect(frequencyOf(right) / 1_000).toBeCloseTo(48_000 / 44_100, 2);
    });

    it('dropped-periods: a ramp that is recorded jumps by 480 samples', async () => {
      fault = await setSoundFault(pulse, 'dropped-periods');
      const player = start('pacat', 'cable_from_speaker', 1, {});
      player.stdin.on('error', () => undefined);
      player.stdin.write(
        Buffer.from(Int16Array.from({ length: 4 * RATE_HZ }, (_, at) => (at % 30_000) + 1).buffer),
      );
      const card = await record('earshot_rig.monitor', 2, fault.env, 20_000);
      player.kill();
      const steps = Array.from(
        { length: card.length / 2 - 1 },
        (_, at) => card[2 * at + 3]! - card[2 * at + 1]!,
      );
      expect(steps.filter((step) => step === 481)).toHaveLength(1);
    });
  },
);
