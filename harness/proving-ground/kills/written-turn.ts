import type { TextTurn } from '../../measurement';
import type { InitialRunRecord } from '../../run';

/** What the store is told of a run that is there to be killed. */
export const killedRecord: InitialRunRecord = {
  earshotVersion: '0',
  startedAtHostMs: 0,
  bench: { name: 'none', path: '/none.yaml' },
  boards: [
    {
      name: 'board',
      model: 'none',
      dialect: {
        name: 'idf-chat',
        firmware: 'none',
        protocol: 'openai',
        capabilities: ['text'],
        knownGaps: [],
      },
    },
  ],
  provider: { name: 'mock', protocol: 'openai' },
  scenario: { name: 'none', sha256: '00' },
  corpus: { path: '/none', sha256: '00', prompts: 0 },
  faults: [],
};

const notMeasured = { state: 'not-measured', reason: 'not-taken' } as const;

/** The turn with this number, from 1: as many console lines as are wanted, and nothing measured. */
export function turnOf(count: number, lines: number): TextTurn {
  const turnId = `t${String(count).padStart(4, '0')}`;
  return {
    record: {
      schema: 'earshot/text-turn@1',
      kind: 'text',
      turnId,
      boardName: 'board',
      session: 1,
      turnInSession: count,
      startedAtHostMs: count,
      startedAtUnixMs: 0,
      endedAtHostMs: count + 1,
      deadlineMs: 1000,
      ending: 'answered',
      consoleLines: Array.from({ length: lines }, (_, index) => ({
        index,
        text: `I (${count}) line ${index} of ${turnId}`,
        boot: 1,
        hostAtMs: count,
        byteOffset: 0,
      })),
      boardEvents: [],
      providerEvents: [],
      faults: [],
    },
    measurement: {
      schema: 'earshot/text-turn-measurement@1',
      kind: 'text',
      turnId,
      measures: {
        questionToAnswer: notMeasured,
        timeToFirstToken: notMeasured,
        totalTime: notMeasured,
        boardTimeToFirstText: notMeasured,
      },
      marks: [],
      deviceMarks: [],
      answerCheck: { state: 'unknown' },
    },
  };
}

/** What is saved as the sound of a turn: 40 000 bytes that say which. */
export const soundOf = (turnId: string): Buffer => Buffer.alloc(40_000, turnId);
