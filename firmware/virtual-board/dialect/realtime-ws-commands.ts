import type { ReplCommand } from '../console/repl';
import type { BoardServices } from './application';
import { userText, type ClientEvent } from './realtime-ws-messages';

/** What the commands can do to the session. */
export interface SessionControl {
  start(): void;
  stop(): void;
  send(event: ClientEvent): boolean;
}

/** The task table takes its samples over a second, in which the console reads nothing. */
const TABLE_MS = 1_000;

const tasks: readonly (readonly [
  name: string,
  runTime: number,
  percent: number,
  prio: number,
  hwm: number,
  core: string,
])[] = [
  ['IDLE0', 712_304, 71, 0, 612, '0'],
  ['IDLE1', 654_120, 65, 0, 604, '1'],
  ['console_repl', 1_204, 0, 22, 2_236, '0'],
  ['ws_client', 98_310, 9, 12, 3_412, '0'],
  ['mic_task', 142_877, 14, 18, 2_044, '1'],
  ['player', 201_552, 20, 18, 1_980, '1'],
  ['wifi', 88_410, 8, 23, 3_120, '0'],
];

const taskTable = [
  '| Task           | Run Time | Per | Prio | HWM  | State   | CoreId | Stack ',
  ...tasks.map(
    ([name, runTime, percent, prio, hwm, core]) =>
      `| ${name.padEnd(14)} | ${String(runTime).padEnd(8)} | ${String(percent).padStart(2)}% | ` +
      `${String(prio).padEnd(4)} | ${String(hwm).padEnd(4)} | ${name.startsWith('IDLE') ? 'Ready  ' : 'Blocked'} | ` +
      `${core.padEnd(6)} | IRAM`,
  ),
];

/** Commands of the dialect besides `help`. None of them prints a word of success. */
export function realtimeWsCommands(services: BoardServices, session: SessionControl): readonly ReplCommand[] {
  return [
    {
      name: 'start',
      help: 'Start a realtime session, or start it again',
      run(_argv, done) {
        session.start();
        done('ESP_OK');
      },
    },
    {
      name: 'stop',
      help: 'Stop the realtime session',
      run(_argv, done) {
        session.stop();
        done('ESP_OK');
      },
    },
    {
      name: 'i',
      help: 'Show memory and tasks',
      run(_argv, done) {
        services.after(TABLE_MS, () => {
          services.console.log('I', 'SYS_STATE', 'MEM Avail:8123456, IRam:196604, PSRam:7926852\n');
          services.console.print(`${taskTable.join('\n')}\n`);
          done('ESP_OK');
        });
      },
    },
    {
      name: 'assert',
      help: 'Write to address 0',
      run() {
        services.panic('console-command');
      },
    },
    {
      name: 'wifi',
      hint: '<ssid> <psw>',
      help: 'Join a Wi-Fi network',
      run([, ssid], done) {
        if (ssid === undefined) {
          done('ESP_ERR_INVALID_ARG');
          return;
        }
        services.joinWifi(ssid);
        done('ESP_OK');
      },
    },
    {
      name: 'text',
      hint: '<text>',
      help: 'Add a text of the user to the conversation',
      run([, text], done) {
        if (text === undefined) done('ESP_ERR_INVALID_ARG');
        else done(session.send(userText(text)) ? 'ESP_OK' : 'ESP_ERR_INVALID_STATE');
      },
    },
  ];
}
