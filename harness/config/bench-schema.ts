import { z } from 'zod';
import { downloadSteps, readLineSequence, resetStepNames, sampleFormats } from '../ports';
import { duration } from './duration';
import { name, percent, text, uniqueBy } from './field-types';
import { ntp, provider } from './provider-schema';

const gainDb = z.number().min(-120).max(40);
const driftPpm = z.number().min(-1000).max(1000);

const path = (defaultGainDb: number, defaultDelayMs: number) =>
  z
    .strictObject({
      gainDb: gainDb.default(defaultGainDb),
      delay: duration({ atMostMs: 1000 }).default(defaultDelayMs),
    })
    .prefault({});

/** Where the calibration of a rig is kept, and for how long it holds. */
const calibrated = {
  /** Default: in the state folder of the user, by the names of bench and rig. */
  calibration: text.exactOptional(),
  /** Default: 720h, 30 days. */
  calibrationMaxAge: duration({ atMostMs: 87_600 * 3_600_000 }).default(720 * 3_600_000),
} as const;

/** The virtual rig; every key has a default: 30 dB SNR in a small room, a board 30 cm from the rig's speaker. */
const virtualRig = z.strictObject({
  /** Default: virtual. */
  kind: z.literal('virtual'),
  /** Default: 0. */
  driftPpm: driftPpm.default(0),
  /** Default: 30 dB. */
  snrDb: z.number().min(-20).max(120).default(30),
  room: z
    .strictObject({
      /** Default: 0ms, no reverberation. */
      rt60: duration({ atMostMs: 10_000 }).default(0),
      /** Default: 6 dB. */
      directToReverberantDb: z.number().min(-20).max(60).default(6),
    })
    .prefault({}),
  /** Defaults: the board 30 cm from the rig's speaker, the rig's microphone 20 cm from the board's speaker. */
  paths: z
    .strictObject({
      playbackToMic: path(-6, 0.9),
      playbackToSpeakerChannel: path(-26, 1.5),
      boardToMic: path(-26, 10),
      boardToSpeakerChannel: path(-3, 0.6),
    })
    .prefault({}),
  /** Default: 0 dB. */
  loopbackGainDb: gainDb.default(0),
  /** Default: none stated. */
  acousticDelay: duration({ atMostMs: 1000 }).exactOptional(),
  /** Default: 1. */
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  ...calibrated,
});

const channelCount = z.int().min(1).max(32);
const channelNumber = z.int().min(0).max(31);

/** What rigs with a sound card have in common. */
const anyCardRig = {
  /** Default: 48000 Hz. */
  rate: z.union([z.literal(44_100), z.literal(48_000), z.literal(96_000)]).default(48_000),
  /** Default: S16_LE. */
  format: z.enum(sampleFormats).default('S16_LE'),
  /** Inputs by number, from 0. */
  channels: z
    .strictObject({
      speaker: channelNumber,
      /** Default: none, the playback is not wired back. */
      loopback: channelNumber.exactOptional(),
    })
    .refine(({ speaker, loopback }) => speaker !== loopback, {
      path: ['loopback'],
      error: 'one input cannot be both: leave it out where one microphone hears prompt and reply',
    }),
  /** Default: loopback with such a channel, else bleed. */
  topology: z.enum(['loopback', 'bleed', 'timestamps']).exactOptional(),
  /** Default: none stated. */
  acousticDelay: duration({ atMostMs: 1000 }).exactOptional(),
  /** Default: what `earshot calibrate` found. */
  roundTrip: z
    .strictObject({
      delay: duration({ atMostMs: 2000 }),
      uncertainty: duration({ atMostMs: 2000 }),
    })
    .exactOptional(),
  ...calibrated,
};

function loopbackIsHeard(
  rig: { readonly topology?: string; readonly channels: { readonly loopback?: number } },
  context: z.core.$RefinementCtx,
): void {
  if (rig.topology !== 'loopback' || rig.channels.loopback !== undefined) return;
  const message = 'channels has no loopback: name the input that the output is wired to';
  context.addIssue({ code: 'custom', path: ['topology'], message });
}

/** A sound card through ALSA. */
const alsaRig = z
  .strictObject({
    kind: z.literal('alsa'),
    card: z
      .string()
      .regex(
        /^(?:usb:[0-9a-f]{4}:[0-9a-f]{4}(?::.+)?|usb-port:.+|device:.+|pcm:.+)$/,
        'expected usb:VID:PID:SERIAL, usb-port:1-2 or another name that `earshot devices` lists, or pcm:NAME of ALSA',
      ),
    /** Default: 0. */
    device: z.int().min(0).max(63).default(0),
    /** Default: 2. */
    inputs: channelCount.default(2),
    /** Default: 2. */
    outputs: channelCount.default(2),
    ...anyCardRig,
  })
  .superRefine(loopbackIsHeard)
  .superRefine(({ channels, inputs }, context) => {
    for (const role of ['speaker', 'loopback'] as const) {
      if ((channels[role] ?? 0) < inputs) continue;
      const message = `the card has ${inputs} inputs, counted from 0`;
      context.addIssue({ code: 'custom', path: ['channels', role], message });
    }
  });

/** A sink and a source of a sound server. */
const pulseRig = z
  .strictObject({ kind: z.literal('pulse'), sink: text, source: text, ...anyCardRig })
  .superRefine(loopbackIsHeard);

/** The audio side of a board; without a kind it is virtual. */
const rig = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('kind' in value) ? { ...value, kind: 'virtual' } : value,
  z.discriminatedUnion('kind', [virtualRig, alsaRig, pulseRig]),
);

const anyBoard = {
  name,
  /** Default: realtime-ws. */
  dialect: name.default('realtime-ws'),
  /** Default: what the dialect says of its boards. */
  readsConsole: z.boolean().exactOptional(),
  /** Default: none, whatever runs is tested. */
  image: text.exactOptional(),
  /** Default: the one beside `image`, if there is one. */
  elf: text.exactOptional(),
  /** Default: none, the ELF is read in this process. */
  addr2line: text.exactOptional(),
  /** Default: 20s. */
  bootTimeout: duration({ atLeastMs: 1 }).default(20_000),
  /** Default: 30s. */
  sessionTimeout: duration({ atLeastMs: 1 }).default(30_000),
  /** In place of the bench's. Default: that one. */
  provider: provider.exactOptional(),
  /** Default: none, nobody else hears it. */
  isolation: name.exactOptional(),
};

const hexDigits = z
  .string({ error: 'expected four hex digits in quotes, such as "10c4"' })
  .regex(/^[0-9a-f]{4}$/i, 'expected four hex digits in quotes, such as "10c4"')
  .toLowerCase();

/** What USB tells of a port; whatever is given has to fit. */
const usbPort = z
  .strictObject({
    /** Default: any. */
    serialNumber: text.exactOptional(),
    /** Default: any. */
    vid: hexDigits.exactOptional(),
    /** Default: any. */
    pid: hexDigits.exactOptional(),
    /** Default: any. */
    location: text.exactOptional(),
    /** Default: any. */
    interface: z.int().min(0).max(255).exactOptional(),
  })
  .refine(
    (choice) => Object.keys(choice).length > 0,
    'expected serialNumber, vid, pid, location or interface',
  );

/** What is done to DTR and RTS, in esptool's words. */
const lineSequence = z.string().superRefine((written, context) => {
  const read = readLineSequence(written);
  if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
});

const ownStep = z.strictObject({ sequence: lineSequence });

/** One step, or several, of which the last runs the application. */
const reset = z
  .union([
    // Lists and mappings ahead of names: a complaint is about the first form that is of the value's kind.
    z.array(z.union([ownStep, z.enum(resetStepNames)])).min(1),
    ownStep,
    z.enum(['auto', ...resetStepNames]),
  ])
  .superRefine((written, context) => {
    const last = stepsOf(written).at(-1);
    if (typeof last !== 'string' || !(downloadSteps as readonly string[]).includes(last)) return;
    const message = `${last} leaves the chip in download mode: name hard or power behind it`;
    context.addIssue({ code: 'custom', message });
  });

const stepsOf = <T>(written: T | readonly T[]): readonly T[] =>
  Array.isArray(written) ? (written as readonly T[]) : [written as T];

const argv = z.tuple([text], z.string());

/** What switches a board's power. */
const power = z
  .strictObject({
    /** Default: none. */
    uhubctl: z
      .strictObject({
        location: text,
        port: z.int().min(1).max(255),
        /** Default: uhubctl. */
        program: text.default('uhubctl'),
      })
      .exactOptional(),
    /** Default: none. */
    command: z
      .strictObject({
        /** Default: none. */
        cycle: argv.exactOptional(),
        /** Default: none. */
        off: argv.exactOptional(),
        /** Default: none. */
        on: argv.exactOptional(),
      })
      .refine(
        ({ cycle, off, on }) =>
          cycle === undefined ? off !== undefined && on !== undefined : off === undefined && on === undefined,
        'expected cycle, or off and on',
      )
      .exactOptional(),
    /** Default: none. */
    plugin: text.exactOptional(),
    /** Default: none. */
    options: z.json().exactOptional(),
    /** Default: 2s. */
    offTime: duration({ atMostMs: 600_000 }).default(2000),
    /** Default: 30s. */
    timeout: duration({ atLeastMs: 1, atMostMs: 600_000 }).default(30_000),
  })
  .refine(
    (written) =>
      [written.uhubctl, written.command, written.plugin].filter((one) => one !== undefined).length === 1,
    'expected one of uhubctl, command and plugin',
  )
  .refine(({ plugin, options }) => options === undefined || plugin !== undefined, {
    path: ['options'],
    error: 'only a plugin is told options: leave it out',
  });

const serialBoard = z
  .strictObject({
    ...anyBoard,
    kind: z.literal('serial'),
    /** Default: ESP32-S3. */
    model: text.default('ESP32-S3'),
    port: z.union([text, usbPort]),
    /** Default: 115200. */
    baudRate: z.int().min(300).max(5_000_000).default(115_200),
    /** Default: 5s. */
    reattach: duration({ atMostMs: 600_000 }).default(5000),
    /** Default: auto. */
    reset: reset.default('auto'),
    /** Default: none, nobody can switch it. */
    power: power.exactOptional(),
    /** Default: none, which boards that are asked in writing do not need. */
    rig: rig.exactOptional(),
  })
  .superRefine(({ reset: steps, power: fitted }, context) => {
    if (fitted !== undefined || !(stepsOf(steps) as readonly unknown[]).includes('power')) return;
    const message = 'nothing says how power is switched: name it as `power`';
    context.addIssue({ code: 'custom', path: ['reset'], message });
  });

/** A simulated board is where its rig is: on the audio link of a virtual one, or in a sound server. */
function hearEachOther(
  { sound, rig: { kind } }: { readonly sound?: object; readonly rig: { readonly kind: string } },
  context: z.core.$RefinementCtx,
): void {
  if ((sound === undefined) === (kind === 'virtual')) return;
  const [key, message] =
    sound === undefined
      ? [
          'rig',
          `a rig of kind ${kind} hears a virtual board in a sound server only: say where it is, as sound`,
        ]
      : ['sound', 'a virtual rig hears no sound server: give the board a rig of kind pulse or alsa'];
  context.addIssue({ code: 'custom', path: [key], message });
}

const virtualBoard = z
  .strictObject({
    ...anyBoard,
    kind: z.literal('virtual'),
    /** Default: ESP32-S3 virtual. */
    model: text.default('ESP32-S3 virtual'),
    /** Default: 0. */
    crystalPpm: driftPpm.default(0),
    /** Default: 3360 ms. */
    addressAfter: duration({ atLeastMs: 400, atMostMs: 60_000 }).exactOptional(),
    /** Default: false. */
    markers: z.boolean().default(false),
    /** Default: what `dialect` says. */
    firmwareDialect: name.exactOptional(),
    /** Default: the words of the prompt `zh-weather`. */
    question: text.exactOptional(),
    /** Default: it simulates its firmware, which lies in no flash. */
    flash: text.exactOptional(),
    /** Default: an audio link, for a virtual rig. */
    sound: z
      .strictObject({
        kind: z.literal('pulse'),
        source: text,
        sink: text,
        /** Default: 100ms. */
        buffer: duration({ atLeastMs: 10, atMostMs: 2000 }).default(100),
        /** Default: nothing is kept. */
        record: text.exactOptional(),
      })
      .exactOptional(),
    rig: rig.prefault({}),
  })
  .superRefine(hearEachOther);

const turn = z.strictObject({
  /** Default: 400ms. */
  quiet: duration({ atLeastMs: 20, atMostMs: 60_000 }).default(400),
  /** Default: 8s. */
  deadline: duration({ atLeastMs: 100, atMostMs: 45_000 }).default(8000),
  /** Default: 0 dB. */
  playbackGainDb: z.number().min(-60).max(20).default(0),
  /** Default: 2. */
  retakes: z.int().min(0).max(10).default(2),
  /** Default: 25%. */
  badTakes: percent().prefault('25%'),
});

/** bench.yaml as written; docs/bench-file.md explains every key. */
export const benchFile = z.strictObject({
  schema: z.literal('earshot/bench@1'),
  /** Default: the file's name without its extension. */
  name: text.exactOptional(),
  /** Relative to the bench file, like all paths here. Default: the corpus of the package. */
  corpus: text.exactOptional(),
  /** Default: the package's fixtures/scenarios/voice-assistant.yaml. */
  scenario: text.exactOptional(),
  /** Default: none, no absolute bounds. */
  budgets: text.exactOptional(),
  /** Default: none. */
  plugins: z.array(text).default([]),
  boards: z
    .array(z.discriminatedUnion('kind', [serialBoard, virtualBoard]))
    .min(1)
    .superRefine(uniqueBy('name', 'another board has this name already')),
  provider: provider.prefault({ kind: 'mock' }),
  /** Default: no SNTP server, and virtual boards have the time from the start. */
  ntp: ntp.exactOptional(),
  turn: turn.prefault({}),
});

export type BenchFile = z.output<typeof benchFile>;
