#!/usr/bin/env node
// Stands in for arecord, parec, aplay and pacat: does what a script says, one step at each SIGUSR2 where the script waits for one.
// FAKE_RECORDER and FAKE_PLAYER hold JSON lists of steps; the file FAKE_PLAYED gets what was played. With FAKE_DEAF the player takes nothing.
//
//   { "record": N }   N frames of 16 bits, stereo: frame n is (n mod 30000, -(n mod 30000)), counted on over all steps
//   { "skip": N }     N frames that nobody gets, as in an overrun
//   { "pieces": N }   from now on in writes of N bytes
//   { "say": "...", "times": N }  lines on stderr; # is their number
//   { "wait": true }  until SIGUSR2
//   { "exit": N }     ends; without it, it runs on and does nothing
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setInterval } from 'node:timers';

const isPlayer = ['aplay', 'pacat'].includes(basename(process.argv[1]));
const steps = JSON.parse((isPlayer ? process.env.FAKE_PLAYER : process.env.FAKE_RECORDER) ?? '[]');
let frame = 0;
let pieces = Infinity;
/** Signals that came and were not waited for yet. */
let signals = 0;
let goOn = () => {};
process.on('SIGUSR2', () => {
  signals += 1;
  goOn();
});
setInterval(() => {}, 1 << 30);
process.stdout.on('error', () => process.exit(0));
if (isPlayer && process.env.FAKE_DEAF === undefined) {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('data', (bytes) => {
    if (process.env.FAKE_PLAYED !== undefined) appendFileSync(process.env.FAKE_PLAYED, bytes);
  });
}

const written = (stream, bytes) => new Promise((resolve) => stream.write(bytes, resolve));

async function record(count) {
  const bytes = Buffer.alloc(count * 4);
  for (let i = 0; i < count; i++, frame++) {
    bytes.writeInt16LE(frame % 30000, i * 4);
    bytes.writeInt16LE(-(frame % 30000), i * 4 + 2);
  }
  for (let at = 0; at < bytes.length; at += pieces)
    await written(process.stdout, bytes.subarray(at, at + pieces));
}

for (const step of steps) {
  if (step.record !== undefined) await record(step.record);
  if (step.skip !== undefined) frame += step.skip;
  if (step.pieces !== undefined) pieces = step.pieces;
  for (let i = 0; i < (step.times ?? 1) && step.say !== undefined; i++)
    await written(process.stderr, `${step.say.replace('#', i)}\n`);
  if (step.wait) {
    if (signals === 0) await new Promise((resolve) => (goOn = resolve));
    signals -= 1;
  }
  if (step.exit !== undefined) process.exit(step.exit);
}
