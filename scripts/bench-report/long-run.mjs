// A run folder with as many turns as one likes, of the turns of the example run: with recordings made of clips of the corpus, a console of a
// usual length, and latencies that scatter. The same for the same seed.
import { cpSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONSOLE_LINES = 40;
/** Behind the reply, as captures have it. */
const TAIL_SAMPLES = 62_000;
const NOISE = 0.001;

const linesOf = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const jsonLines = (values) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Adds a clip of half the rate to a channel from a sample on. */
function addDoubled(channel, fromSample, clip) {
  const from = Math.max(0, Math.round(fromSample));
  for (let n = 0; n < clip.length * 2 && from + n < channel.length; n += 1) {
    const [one, next] = [clip[n >> 1] ?? 0, clip[(n + 1) >> 1] ?? 0];
    channel[from + n] += 0.5 * (one + next) * 0.5;
  }
}

/** Recordings of one turn of the example: the prompt on the loopback, the reply on the speaker, noise on both. */
function writeRecordings(folder, { record, measurement }, clips, { writeWav, uniform }) {
  const { capture, received } = record;
  const at = (name) => measurement.marks.find((mark) => mark.name === name)?.atRigSample;
  const noise = (length) => Float32Array.from({ length }, () => NOISE * (2 * uniform() - 1));
  const [speaker, loopback] = [noise(capture.lengthSamples), noise(capture.lengthSamples)];
  const [onset, reply] = [at('promptOnset'), at('replyOnset')];
  if (onset !== undefined) addDoubled(loopback, onset - capture.firstRigSample, clips.prompt);
  if (reply !== undefined) addDoubled(speaker, reply - capture.firstRigSample, clips.reply);
  const heard = noise(received.lengthSamples);
  clips.prompt.slice(0, heard.length).forEach((sample, n) => (heard[n] += 0.3 * sample));
  for (const { path } of [capture, received]) mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(
    join(folder, capture.path),
    writeWav({ channels: [speaker, loopback], rateHz: capture.rateHz }),
  );
  writeFileSync(join(folder, received.path), writeWav({ samples: heard, rateHz: received.rateHz }));
}

/**
 * @param from - Run folder of the example.
 * @param tools - `writeWav`, `uniform` (seeded) and `clips`: pairs of a prompt and a reply at 24 000 Hz.
 */
export function makeLongRun({ from, to, turns, tools }) {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'run.json'), join(to, 'run.json'));
  const { uniform, clips } = tools;
  const examples = linesOf(join(from, 'turns.jsonl')).map((turn) => {
    const { capture } = turn.record;
    const longer = { ...capture, lengthSamples: capture.lengthSamples + TAIL_SAMPLES };
    return { ...turn, record: { ...turn.record, capture: longer } };
  });
  examples.forEach((turn, index) => writeRecordings(to, turn, clips[index % clips.length], tools));
  const events = linesOf(join(from, 'events.jsonl'));

  const made = Array.from({ length: turns }, (_, index) => {
    const { record, measurement, ...rest } = examples[index % examples.length];
    const turnId = `t${String(index + 1).padStart(4, '0')}`;
    const named = (path, kind) => join(dirname(path), `${turnId}${kind}.wav`);
    const capture = { ...record.capture, path: named(record.capture.path, '-capture') };
    const received = { ...record.received, path: named(record.received.path, '-provider') };
    linkSync(join(to, record.capture.path), join(to, capture.path));
    linkSync(join(to, record.received.path), join(to, received.path));
    const [line] = record.consoleLines;
    const consoleLines = Array.from({ length: CONSOLE_LINES }, (_, n) => ({
      ...line,
      ...(record.consoleLines[n] ?? {
        text: `I (${100_000 + n * 37}) AFE: frame ${Math.floor(uniform() * 1e6)}, queue ${n % 7}`,
      }),
      hostAtMs: line.hostAtMs + n * 90,
    }));
    const { voiceToVoice } = measurement.measures;
    const scattered =
      voiceToVoice.state === 'measured'
        ? { ...voiceToVoice, valueMs: voiceToVoice.valueMs + 120 * (uniform() - 0.5) }
        : voiceToVoice;
    return {
      ...rest,
      record: { ...record, turnId, capture, received, consoleLines, session: Math.floor(index / 8) + 1 },
      measurement: { ...measurement, turnId, measures: { ...measurement.measures, voiceToVoice: scattered } },
    };
  });
  writeFileSync(join(to, 'turns.jsonl'), jsonLines(made));
  const findingsOf = (turnId) =>
    events.filter(({ kind, data }) => kind === 'finding' && data.turnId === turnId);
  const found = made.flatMap(({ record }, index) =>
    findingsOf(examples[index % examples.length].record.turnId).map((event) => ({
      ...event,
      data: { ...event.data, turnId: record.turnId },
    })),
  );
  writeFileSync(join(to, 'events.jsonl'), jsonLines(found.map((event, seq) => ({ ...event, seq }))));
}
