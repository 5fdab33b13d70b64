import type { ReplCommand } from '../console/repl';
import type { BoardServices } from './application';
import { chipCommands, type TaskRow } from './chip-commands';
import { userText, type ClientEvent } from './realtime-ws-messages';

/** What the commands can do to the session. */
export interface SessionControl {
  start(): void;
  stop(): void;
  send(event: ClientEvent): boolean;
}

const tasks: readonly TaskRow[] = [
  ['IDLE0', 712_304, 71, 0, 612, '0'],
  ['IDLE1', 654_120, 65, 0, 604, '1'],
  ['console_repl', 1_204, 0, 22, 2_236, '0'],
  ['ws_client', 98_310, 9, 12, 3_412, '0'],
  ['mic_task', 142_877, 14, 18, 2_044, '1'],
  ['player', 201_552, 20, 18, 1_980, '1'],
  ['wifi', 88_410, 8, 23, 3_120, '0'],
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
    ...chipCommands(services, tasks),
    ...services.markers.commands,
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
