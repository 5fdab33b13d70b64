import type { ReplCommand } from '../console/repl';
import type { BoardServices } from './application';

/** The task table takes its samples over a second, in which the console reads nothing. */
const TABLE_MS = 1_000;

/** One row of the task table. */
export type TaskRow = readonly [
  name: string,
  runTime: number,
  percent: number,
  prio: number,
  hwm: number,
  core: string,
];

const tableOf = (tasks: readonly TaskRow[]): string =>
  [
    '| Task           | Run Time | Per | Prio | HWM  | State   | CoreId | Stack ',
    ...tasks.map(
      ([name, runTime, percent, prio, hwm, core]) =>
        `| ${name.padEnd(14)} | ${String(runTime).padEnd(8)} | ${String(percent).padStart(2)}% | ` +
        `${String(prio).padEnd(4)} | ${String(hwm).padEnd(4)} | ${name.startsWith('IDLE') ? 'Ready  ' : 'Blocked'} | ` +
        `${core.padEnd(6)} | IRAM`,
    ),
  ].join('\n');

/** Free bytes, as the allocator has them. */
const memoryText = ({ memory: { internal, psram } }: BoardServices): string =>
  `MEM Avail:${internal + psram}, IRam:${internal}, PSRam:${psram}\n`;

/** Commands about the chip and not the application: `i`, `assert`, `wifi`. */
export const chipCommands = (services: BoardServices, tasks: readonly TaskRow[]): readonly ReplCommand[] => [
  {
    name: 'i',
    help: 'Show memory and tasks',
    run(_argv, done) {
      services.after(TABLE_MS, () => {
        services.console.log('I', 'SYS_STATE', memoryText(services));
        services.console.print(`${tableOf(tasks)}\n`);
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
];
