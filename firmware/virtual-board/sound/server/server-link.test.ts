import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeWithPulse,
  startPrivatePulse,
  type PrivatePulse,
} from '../../../../harness/rig/__fixtures__/private-pulse';
import { seededUniform } from '../../../../harness/units';
import { hostClock } from '../../board-clock';
import { Crystal } from '../../crystal';
import { FaultSwitches } from '../../faults';
import { SoundCard } from '../sound-card';
import { ServerLink } from './server-link';

const noise = (seed: number, lengthSamples: number): Int16Array => {
  const next = seededUniform(seed);
  return Int16Array.from({ length: lengthSamples }, () => Math.round((next() - 0.5) * 20_000));
};
const bytesOf = (samples: Int16Array): Buffer => Buffer.from(samples.buffer);

describeWithPulse(
  'a board in PulseAudio (skipped where there is none: apt-get install pulseaudio pulseaudio-utils)',
  () => {
    let pulse: PrivatePulse;
    beforeAll(async () => {
      pulse = await startPrivatePulse();
    });
    afterAll(() => pulse.close());

    const openLink = async (more: { readonly source?: string; readonly recordPath?: string } = {}) => {
      const card = new SoundCard(new FaultSwitches(), new Crystal(hostClock, 0), 6, 240);
      const options = {
        kind: 'pulse' as const,
        server: pulse.server,
        source: 'cable_to_mic.monitor',
        sink: 'cable_from_speaker',
        bufferMs: 200,
        ...more,
      };
      return { card, link: await ServerLink.open(card, options, hostClock) };
    };

    /** Both channels of the rig's capture, interleaved, from now on. */
    function capture() {
      const arguments_ = [
        '-d',
        'earshot_rig.monitor',
        '--raw',
        '--format=s16le',
        '--rate=48000',
        '--channels=2',
      ];
      const child = spawn('parec', [...arguments_, '--latency-msec=20'], {
        env: { ...process.env, ...pulse.env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const pieces: Buffer[] = [];
      const waiting: { readonly test: (bytes: Buffer) => boolean; readonly resolve: () => void }[] = [];
      child.stdout.on('data', (piece: Buffer) => {
        pieces.push(piece);
        for (const { test, resolve } of waiting) if (test(Buffer.concat(pieces))) resolve();
      });
      return {
        until: (test: (bytes: Buffer) => boolean) =>
          new Promise<void>((resolve) => waiting.push({ test, resolve })),
        channel: (channel: 0 | 1): Buffer => {
          const all = Buffer.concat(pieces);
          const one = Buffer.alloc((all.length >> 2) * 2);
          for (let frame = 0; frame * 4 + 3 < all.length; frame++)
            all.copy(one, frame * 2, frame * 4 + channel * 2, frame * 4 + channel * 2 + 2);
          return one;
        },
        close: () => child.kill(),
      };
    }

    it('plays and hears bit for bit, on the channels that the cables lead to', async () => {
      const recordPath = join(mkdtempSync(join(tmpdir(), 'earshot-link-')), 'board');
      const rig = capture();
      await rig.until((bytes) => bytes.length > 0);
      const { card, link } = await openLink({ recordPath });
      const prompt = noise(1, 9_600);
      const player = spawn(
        'pacat',
        ['--playback', '-d', 'cable_to_mic', '--raw', '--format=s16le', '--rate=48000', '--channels=1'],
        {
          env: { ...process.env, ...pulse.env },
          stdio: ['pipe', 'ignore', 'ignore'],
        },
      );
      player.stdin.end(bytesOf(prompt));
      expect(card.play('item_1', 0, noise(2, 4_800))).toBe(true);
      // The board's own record says when it has written everything; the capture is asked for it.
      await rig.until(
        () =>
          rig.channel(0).includes(bytesOf(prompt.subarray(0, 4_800))) && link.state.playedSamples > 38_400,
      );
      await link.close();
      const played = readFileSync(join(recordPath, 'played.s16le'));
      const counted = readFileSync(join(recordPath, 'counted.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly atLinkSample: number; readonly lengthSamples: number });
      const from = Math.ceil(counted[0]!.atLinkSample);
      const reply = played.subarray(2 * from, 2 * from + 2 * 9_000);
      rig.close();
      expect(counted.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(4_800);
      expect(rig.channel(0).includes(bytesOf(prompt))).toBe(true);
      expect(rig.channel(1).includes(reply)).toBe(true);
      expect(rig.channel(0).includes(reply)).toBe(false);
      expect(readFileSync(join(recordPath, 'heard.s16le')).includes(bytesOf(prompt))).toBe(true);
      expect(link.state).toMatchObject({ state: 'up', source: 'cable_to_mic.monitor' });
    });

    it('does not start where a source does not exist, and says which', async () => {
      await expect(openLink({ source: 'no_such_source' })).rejects.toThrow(
        /^parec of no_such_source ended \(exit code 1\): .*No such entity/,
      );
    });

    it('is lost with the server, and the board hears silence from then on', async () => {
      const own = await startPrivatePulse();
      const card = new SoundCard(new FaultSwitches(), new Crystal(hostClock, 0), 6, 240);
      const options = {
        kind: 'pulse',
        server: own.server,
        source: 'cable_to_mic.monitor',
        sink: 'cable_from_speaker',
      } as const;
      const link = await ServerLink.open(card, options, hostClock);
      const lost = new Promise<string>((resolve) => link.onLost(resolve));
      await own.close();
      const reason = await lost;
      expect(reason).toMatch(/^pa(rec of cable_to_mic\.monitor|cat to cable_from_speaker) ended \(/);
      expect(link.state).toMatchObject({ state: 'lost', reason });
      const before = card.adcSample;
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (card.adcSample > before) resolve();
          else setTimeout(look, 5);
        };
        look();
      });
      await link.close();
    });
  },
);
