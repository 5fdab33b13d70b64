import type { Argv } from 'yargs';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `virtual-board`: the simulated board by itself. */
export const addVirtualBoard = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'virtual-board',
    'Start a simulated ESP32-S3 voice board',
    (command) =>
      command
        .option('dialect', { type: 'string', default: 'realtime-ws', describe: 'Firmware to simulate' })
        .option('provider-url', {
          type: 'string',
          default: 'ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime',
          describe: 'Where the firmware connects to',
        })
        .option('crystal-ppm', { type: 'number', default: 0, describe: "Error of the board's crystal" })
        .option('address-after', {
          type: 'number',
          describe: 'Milliseconds from a reset to its address; all of the boot goes in proportion (3360)',
        })
        .option('model', { type: 'string', default: 'ESP32-S3 virtual', describe: 'Board model' })
        .option('provider-model', { type: 'string', describe: "The provider's model to ask for" })
        .option('credential', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'NAME=VARIABLE: what the firmware shows to the provider',
        })
        .option('question', { type: 'string', describe: 'What a firmware asks that has it compiled in' })
        .option('ntp-server', { type: 'string', describe: 'HOST:PORT that the firmware asks for the time' })
        .option('tls-ca', { type: 'string', describe: 'PEM file of what a text board trusts over TLS' })
        .option('link', {
          type: 'string',
          describe:
            'Link to make to its console, which leads there also when that comes back under another path',
        })
        .option('rfc2217', {
          type: 'number',
          describe: 'Port to serve the console on by RFC 2217, with modem lines that reset the board; 0: any',
        })
        .option('fault', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Fault that is on from the start (docs/virtual-board.md)',
        })
        .option('flash', {
          type: 'string',
          describe: 'File with what its flash holds; that is what boots. It is made when it is not there',
        })
        .option('download', {
          type: 'boolean',
          default: false,
          describe: "Power on with GPIO0 low: wait in the ROM's loader, for `earshot flash`",
        })
        .option('markers', { type: 'boolean', default: false, describe: 'Firmware with hil_marker' })
        .option('sound', {
          choices: ['pulse'] as const,
          describe: 'Microphone and speaker are in this sound server, not on an audio link',
          implies: ['sound-source', 'sound-sink'],
        })
        .option('sound-source', { type: 'string', describe: 'Its source that the microphone hears' })
        .option('sound-sink', { type: 'string', describe: 'Its sink that the speaker plays to' })
        .option('sound-buffer', {
          type: 'number',
          default: 100,
          describe: 'Milliseconds of playback that are kept in hand there',
        })
        .option('sound-record', {
          type: 'string',
          describe: 'Folder to keep every sample and its counted truth in',
        })
        .option('child', { type: 'boolean', default: false, hidden: true })
        .option('access-by-ipc', { type: 'boolean', default: false, hidden: true })
        .option('json', json),
    async ({ fault, credential, json: asJson, ...args }) => {
      const { virtualBoardCommand } = await import('../commands/virtual-board.js');
      exit(
        await virtualBoardCommand({
          dialect: args.dialect,
          providerUrl: args.providerUrl,
          crystalPpm: args.crystalPpm,
          addressAfterMs: args.addressAfter,
          model: args.model,
          providerModel: args.providerModel,
          credentials: credential,
          question: args.question,
          ntpServer: args.ntpServer,
          tlsCa: args.tlsCa,
          link: args.link,
          rfc2217Port: args.rfc2217,
          faults: fault,
          flash: args.flash,
          download: args.download,
          markers: args.markers,
          sound: soundOf(args),
          accessByIpc: args.accessByIpc,
          child: args.child,
          json: asJson,
        }),
      );
    },
  );

interface SoundArguments {
  readonly sound: 'pulse' | undefined;
  readonly soundSource: string | undefined;
  readonly soundSink: string | undefined;
  readonly soundBuffer: number;
  readonly soundRecord: string | undefined;
}

const soundOf = ({ sound: kind, soundSource = '', soundSink = '', ...rest }: SoundArguments) =>
  kind && {
    kind,
    source: soundSource,
    sink: soundSink,
    bufferMs: rest.soundBuffer,
    ...(rest.soundRecord === undefined ? {} : { recordPath: rest.soundRecord }),
  };
