import { ConfigError } from '../errors';
import type { NetworkShape, ProviderFault } from '../ports';
import type { HostMessage } from './host-messages';
import type { SessionResult, TextTurnResult, TurnResult, TurnWishes } from './rpc/protocol';
import type { SessionKeeper } from './session-keeper';
import type { TextSessions } from './text-sessions';
import type { TextTurnTaker } from './text-turn-taker';
import type { TurnTaker } from './turn-taker';

/** How the board of a bench is asked: by sound or in writing. */
export interface Stand {
  readonly session: number;
  /** False when the latest take was spoilt by the rig: what it shows is in doubt. */
  readonly isRigShown: boolean;
  openSession(): Promise<SessionResult>;
  /** The next turn needs a new session. */
  spoil(): void;
  /** Has the board say nothing more, and listen to nothing where it can be told to. @throws HilError where it cannot be brought to that. */
  hush(): Promise<void>;
  /** @throws ConfigError `HIL_CONFIG_USAGE` for a board that is asked in writing. */
  turn(promptId: string, wishes: TurnWishes): Promise<TurnResult>;
  /** @throws ConfigError `HIL_CONFIG_USAGE` for a board that is asked by sound. */
  ask(
    promptId: string | undefined,
    fault: ProviderFault | undefined,
    network: NetworkShape | undefined,
  ): Promise<TextTurnResult>;
}

type Tell = (message: HostMessage) => void;

const refused = (message: string): Promise<never> =>
  Promise.reject(new ConfigError('HIL_CONFIG_USAGE', message));

/** A board that hears and speaks. */
export const soundStand = (name: string, keeper: SessionKeeper, taker: TurnTaker, tell: Tell): Stand => ({
  get session() {
    return keeper.session;
  },
  get isRigShown() {
    return taker.isRigShown;
  },
  openSession: () => keeper.open(),
  spoil: () => keeper.spoil(),
  hush: () => keeper.hush(),
  turn: async (promptId, wishes) => {
    const turn = await taker.take(promptId, wishes);
    const { record, measurement, findings } = turn;
    const { heard, calls, measures } = measurement;
    tell({
      type: 'turn',
      turn: {
        turnId: record.turnId,
        promptId: record.prompt.id,
        heard: heard === undefined ? undefined : (heard.utterance ?? 'unknown'),
        calls: calls.flatMap(({ name: called, executed }) =>
          executed.map((run) => ({ name: called, arguments: run.arguments ?? {} })),
        ),
        voiceToVoice: measures.voiceToVoice,
        findings,
      },
    });
    return turn;
  },
  ask: () => refused(`Board ${name} is asked by sound: turn() does, and ask() needs the capability text.`),
});

/** A board that reads and prints. */
export const textStand = (name: string, sessions: TextSessions, taker: TextTurnTaker, tell: Tell): Stand => ({
  get session() {
    return sessions.session;
  },
  isRigShown: true,
  openSession: () => sessions.open(),
  spoil: () => sessions.spoil(),
  hush: () => Promise.resolve(),
  turn: () =>
    refused(`Board ${name} is asked in writing: ask() does, and turn() needs the capability audio.`),
  ask: async (promptId, fault, network) => {
    const turn = await taker.ask(promptId, fault, network);
    const { record, measurement, findings } = turn;
    tell({
      type: 'turn',
      turn: {
        kind: 'text',
        turnId: record.turnId,
        promptId: record.prompt?.id,
        answer: measurement.answer,
        questionToAnswer: measurement.measures.questionToAnswer,
        findings,
      },
    });
    return turn;
  },
});
