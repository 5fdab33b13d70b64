import type { ReplCommand } from '../../console/repl';
import { identityOf } from '../../firmware-identity';
import { reasonOf } from '../../network/reason-of';
import { TimeSync } from '../../network/time-sync';
import { textBoard } from '../../start-up';
import type {
  AccessDefaults,
  Application,
  BoardServices,
  FirmwareDialect,
  SessionState,
} from '../application';
import { chipCommands, type TaskRow } from '../chip-commands';
import { AnswerPrinter } from './answer-printer';
import { ChatFailure, type ChatProtocol } from './chat-protocol';

const TAG = 'TEXT_CHAT';
const NO_STATUS = -1;
/** A message is one line of the console, and no longer than this. */
const MESSAGE_LIMIT_CHARACTERS = 300;

const tasks: readonly TaskRow[] = [
  ['IDLE0', 902_118, 90, 0, 612, '0'],
  ['IDLE1', 981_440, 98, 0, 604, '1'],
  ['console_repl', 1_204, 0, 22, 2_236, '0'],
  ['chat_task', 21_377, 2, 5, 3_940, '1'],
  ['wifi', 61_092, 6, 23, 3_120, '0'],
];

/** Takes questions on the console, asks the provider, and prints its answer as it arrives: docs/dialect-text-chat.md. */
class TextChat implements Application {
  readonly commands: readonly ReplCommand[];
  session: SessionState = 'none';
  private readonly sync: TimeSync;
  /** The question that is open. */
  private open: AbortController | undefined;
  private halted = false;

  constructor(
    private readonly services: BoardServices,
    private readonly protocol: ChatProtocol,
    talksAboutTime: boolean,
  ) {
    this.sync = new TimeSync(services, talksAboutTime);
    this.commands = [this.askCommand(), ...chipCommands(services, tasks)];
  }

  networkUp(): void {
    this.session = 'connecting';
    this.sync.start(() => {
      const { name, url } = this.protocol;
      this.session = 'ready';
      this.log('I', `Ready, provider ${name} at ${url.protocol}//${url.host}${url.pathname}`);
    });
  }

  networkDown(): void {
    this.sync.stop();
    this.session = 'none';
    this.open?.abort();
  }

  cut(): void {
    this.halted = true;
    this.sync.stop();
    this.open?.abort();
  }

  private askCommand(): ReplCommand {
    return {
      name: 'ask',
      hint: '<text>',
      help: 'Ask the provider a question',
      run: ([, question], done) => {
        if (question === undefined) done('ESP_ERR_INVALID_ARG');
        else if (this.session !== 'ready') done('ESP_ERR_INVALID_STATE');
        else {
          if (this.open === undefined) void this.ask(question);
          else this.log('W', 'Busy');
          done('ESP_OK');
        }
      },
    };
  }

  private async ask(question: string): Promise<void> {
    this.log('I', `Asking: ${question}`);
    const controller = new AbortController();
    this.open = controller;
    const printer = new AnswerPrinter(this.services, () => this.log('I', 'First token'));
    const unlessHalted =
      <T extends readonly unknown[]>(run: (...values: T) => void) =>
      (...values: T): void => {
        if (!this.halted) run(...values);
      };
    const events = {
      signedIn: unlessHalted((bytes: number) => this.log('I', `Token obtained, ${bytes} bytes`)),
      sent: unlessHalted(() => this.log('I', 'Request sent')),
      thought: unlessHalted((text: string) => printer.thought(text)),
      answer: unlessHalted((text: string) => printer.answer(text)),
    };
    const report = await this.protocol.ask(question, events, controller.signal).then(
      (tokens) => () => this.completed(printer.answerBytes, tokens),
      (cause: unknown) => () => this.failed(cause),
    );
    if (this.halted) return;
    this.open = undefined;
    printer.end();
    report();
  }

  private completed(bytes: number, tokens: number): void {
    if (this.services.faults.has('lost-answer')) return;
    this.log('I', `Answer complete, ${bytes} bytes, ${tokens} tokens`);
  }

  private failed(cause: unknown): void {
    const { status, code = '-' } =
      cause instanceof ChatFailure ? cause : { status: NO_STATUS, code: undefined };
    const line = reasonOf(cause).replaceAll(/\s+/g, ' ').trim().slice(0, MESSAGE_LIMIT_CHARACTERS);
    this.log('E', `Request failed: ${status} ${code} ${line}`);
  }

  private log(level: 'I' | 'W' | 'E', message: string): void {
    this.services.console.log(level, TAG, message);
  }
}

/** A text board of ours: its project, what it needs to reach its provider, and how it asks. */
export const textChat = (
  project: string,
  access: AccessDefaults,
  protocol: (services: BoardServices) => ChatProtocol,
  { talksAboutTime = false } = {},
): FirmwareDialect => ({
  identity: identityOf(project, '0.1.0'),
  startUp: textBoard,
  access,
  start: (services) => new TextChat(services, protocol(services), talksAboutTime),
});
