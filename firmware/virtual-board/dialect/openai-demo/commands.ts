import type { ReplCommand } from '../../console/repl';
import type { BoardServices } from '../application';
import { chipCommands, type TaskRow } from '../chip-commands';

const MEASURE_MS = 1_500;
/** Records for 20 s and plays that for 20 s. */
const RECORD_TO_PLAY_MS = 40_000;

const tasks: readonly TaskRow[] = [
  ['IDLE0', 702_118, 70, 0, 612, '0'],
  ['IDLE1', 611_904, 61, 0, 604, '1'],
  ['console_repl', 1_204, 0, 22, 2_236, '0'],
  ['pc_task', 108_221, 10, 18, 9_412, '1'],
  ['start', 22_310, 2, 15, 3_004, '0'],
  ['aenc_0', 156_877, 15, 10, 34_112, '1'],
  ['Adec', 74_552, 7, 10, 3_980, '1'],
  ['wifi', 88_410, 8, 23, 3_120, '0'],
];

/** What the commands can do to the session. */
export interface DemoControl {
  start(): void;
  stop(): void;
  say(words: string): boolean;
}

/** Commands of the demo besides `help`. None of them prints a word of success. */
export function demoCommands(
  services: BoardServices,
  control: DemoControl,
  hasDump: boolean,
): readonly ReplCommand[] {
  const waits = (name: string, help: string, forMs: number): ReplCommand => ({
    name,
    help,
    run: (_argv, done) => void services.after(forMs, () => done('ESP_OK')),
  });
  let dumps = 0;
  const dump: ReplCommand = {
    name: 'dump',
    help: 'Dump the data of the echo canceller',
    run(_argv, done) {
      dumps = 1 - dumps;
      services.console.print(`Enable AEC dump ${dumps}\n`);
      done('ESP_OK');
    },
  };
  return [
    {
      name: 'start',
      help: 'Start OpenAI session',
      run(_argv, done) {
        control.start();
        done('ESP_OK');
      },
    },
    {
      name: 'stop',
      help: 'Stop session',
      run(_argv, done) {
        control.stop();
        done('ESP_OK');
      },
    },
    ...chipCommands(services, tasks),
    waits('m', 'Measure system loading', MEASURE_MS),
    {
      name: 'text',
      hint: '<text>',
      help: 'Add a text of the user to the conversation',
      run([, words], done) {
        if (words === undefined) done('ESP_ERR_INVALID_ARG');
        else done(control.say(words) ? 'ESP_OK' : 'ESP_ERR_INVALID_STATE');
      },
    },
    waits('rec2play', 'Record and play back what was recorded', RECORD_TO_PLAY_MS),
    ...(hasDump ? [dump] : []),
  ];
}
