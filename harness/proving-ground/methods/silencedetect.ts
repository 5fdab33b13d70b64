import { spawnSync } from 'node:child_process';
import { latencyMs, type Estimate, type Evidence } from './method';

/** What people set: silence is below -35 dBFS for at least 0.2 s. */
const FILTER = 'silencedetect=noise=-35dB:duration=0.2:mono=1';
const TIME_LIMIT_MS = 30_000;

/** False where there is no ffmpeg to compare with. */
export const hasFfmpeg = (): boolean =>
  spawnSync('ffmpeg', ['-version'], { stdio: 'ignore', timeout: TIME_LIMIT_MS }).status === 0;

/** Both channels interleaved, as `-f f32le` reads them. */
function interleaved(channels: readonly Float32Array[]): Buffer {
  const lengthSamples = channels[0]?.length ?? 0;
  const samples = new Float32Array(channels.length * lengthSamples);
  channels.forEach((channel, index) => {
    for (let n = 0; n < lengthSamples; n++) samples[n * channels.length + index] = channel[n] ?? 0;
  });
  return Buffer.from(samples.buffer);
}

/** Seconds of one kind of line that the filter prints for one channel, in order. */
function secondsOf(log: string, channel: number, event: 'silence_start' | 'silence_end'): number[] {
  const lines = log.matchAll(new RegExp(`channel: ${channel} \\| ${event}: (-?[0-9.]+)`, 'g'));
  return [...lines].map(([, seconds]) => Number(seconds));
}

/**
 * `ffmpeg -af silencedetect`, as people cut turns out of recordings: the prompt ends where the last silence of the loopback
 * channel begins, the reply begins where the first silence of the speaker channel ends after that.
 */
export function silencedetect({ sound, record }: Evidence): Estimate {
  const { capture } = sound;
  const roles = record.capture?.roles ?? [];
  const [speaker, loopback] = [roles.indexOf('speaker'), roles.indexOf('loopback')];
  if (capture === undefined || speaker < 0 || loopback < 0) return { reason: 'no two channels' };
  const { channels, rateHz } = capture;
  const format = ['-f', 'f32le', '-ar', String(rateHz), '-ac', String(channels.length)];
  const { status, stderr, error } = spawnSync(
    'ffmpeg',
    ['-hide_banner', '-nostats', ...format, '-i', 'pipe:0', '-af', FILTER, '-f', 'null', '-'],
    { input: interleaved(channels), encoding: 'utf8', timeout: TIME_LIMIT_MS },
  );
  if (status !== 0) return { reason: `ffmpeg failed: ${error?.message ?? stderr.slice(-200)}` };
  const promptEnd = secondsOf(stderr, loopback, 'silence_start').at(-1);
  if (promptEnd === undefined || promptEnd <= 0) return { reason: 'no prompt' };
  // The silence that the capture itself ends is no onset.
  const lengthSeconds = (channels[0]?.length ?? 0) / rateHz;
  const onset = secondsOf(stderr, speaker, 'silence_end').find(
    (at) => at > promptEnd && at < lengthSeconds - 0.002,
  );
  if (onset === undefined) return { reason: 'no reply' };
  return { valueMs: latencyMs(promptEnd, onset, 1) };
}
