import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { PORT_FORMS } from '../port-argument';
import { json, wait } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `flash`: images into a board, verified. */
export const addFlash = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'flash [image]',
    'Write firmware into the flash of an ESP32-S3, verify it and boot it',
    (command) =>
      command
        .positional('image', {
          type: 'string',
          describe:
            "Application, merged image, flasher_args.json, or the build folder with it (default: the bench's)",
        })
        .option('port', { type: 'string', describe: `Serial port: ${PORT_FORMS}` })
        .option('bench', { type: 'string', describe: 'Bench file whose board is flashed' })
        .option('board', { type: 'string', describe: "Board of the bench (default: the bench's only one)" })
        .option('baud', {
          type: 'number',
          default: 921_600,
          describe: 'Rate to write at; halved when the line does not carry it',
        })
        .option('tool', {
          choices: ['esptool-js', 'esptool'] as const,
          default: 'esptool-js' as const,
          describe: 'What writes: esptool-js, which is built in, or the esptool that is installed',
        })
        .option('wifi-ssid', {
          type: 'string',
          describe: 'Network to put into the NVS; its password is in EARSHOT_WIFI_PASSWORD or a file',
        })
        .option('wifi-password-file', {
          type: 'string',
          describe: 'File with the password on its first line',
        })
        .option('force', {
          type: 'boolean',
          default: false,
          describe: 'Write what the flash holds already, too',
        })
        .option('wait', wait)
        .option('json', json)
        .conflicts('port', ['bench', 'board'])
        .check(
          givenOnce(['port', 'bench', 'board', 'baud', 'tool', 'wifi-ssid', 'wifi-password-file', 'wait']),
        )
        .check(wholeNumber('baud', 57_600, 3_000_000))
        .example('$0 flash build --port /dev/ttyUSB0', 'write what `idf.py build` made')
        .example('$0 flash --bench bench.yaml --board korvo-1', 'write the image that a bench tests'),
    async ({
      image,
      port,
      bench,
      board,
      baud,
      tool,
      wifiSsid,
      wifiPasswordFile,
      force,
      wait: patience,
      json: asJson,
    }) => {
      const { flashCommand } = await import('../commands/flash.js');
      exit(
        await flashCommand({
          image,
          port,
          bench,
          board,
          baud,
          tool,
          wifiSsid,
          wifiPasswordFile,
          force,
          wait: patience,
          json: asJson,
        }),
      );
    },
  );
