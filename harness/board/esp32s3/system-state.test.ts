import { consoleStream } from '../__fixtures__/console-stream';
import { linesOf } from '../__fixtures__/console-events';
import { heapOfMarker, systemStateReader } from './system-state';
import { readWifiState } from './wifi-state';

const eventsOf = (bytes: Buffer) => {
  const read = systemStateReader();
  return linesOf([bytes]).flatMap((line) => [...read(line)]);
};

describe('heap and tasks', () => {
  it('are read from what the command i prints, each table once, whatever ends it', () => {
    expect(eventsOf(consoleStream('system-state.txt'))).toEqual([
      { type: 'heap', internalBytes: 196_604, psramBytes: 7_926_852 },
      {
        type: 'tasks',
        tasks: [
          { name: 'IDLE0', percent: 61, leastFreeStack: 1024 },
          { name: 'IDLE1', percent: 83, leastFreeStack: 1012 },
          { name: 'peer_connectio', percent: 20, leastFreeStack: 5120 },
          { name: 'audio_tx', percent: 9, leastFreeStack: 2204 },
        ],
      },
      { type: 'heap', internalBytes: 192_448, psramBytes: 7_926_852 },
      { type: 'tasks', tasks: [{ name: 'IDLE0', percent: 50, leastFreeStack: 1024 }] },
    ]);
  });

  it('are read from the marker heap, and from no other', () => {
    const marker = { type: 'marker', deviceAtUs: 1, number: 0, byteOffset: 0 } as const;
    const fields = { free: 200_000, least: 190_000, largest: 90_000, psram: 7_000_000 };
    expect(heapOfMarker({ ...marker, marker: 'heap', fields })).toEqual([
      { type: 'heap', internalBytes: 200_000, leastInternalBytes: 190_000, psramBytes: 7_000_000 },
    ]);
    expect(heapOfMarker({ ...marker, marker: 'pong', fields })).toEqual([]);
    expect(heapOfMarker({ ...marker, marker: 'heap', fields: {} })).toEqual([]);
  });

  it('are read from the heartbeat of xiaozhi', () => {
    const line = 'I (10000) SystemInfo: free sram: 91823 minimal sram: 88120\r\n';
    expect(eventsOf(Buffer.from(line))).toEqual([
      { type: 'heap', internalBytes: 91_823, leastInternalBytes: 88_120 },
    ]);
  });

  it.each([
    [
      'a number that a reset cut',
      'I (1) SYS_STATE: MEM Avail:8123456, IRam:196604, PSRam:79ESP-ROM:esp32s3-20210327\r\n',
    ],
    ['what another task says of it', 'I (1) main: SYS_STATE: MEM Avail:1, IRam:2, PSRam:3\r\n'],
    ['rows without a table', '| IDLE0 | 612331 | 61% | 0 | 1024 | Ready | 0 | IRAM\r\n'],
    ['a table without rows', '| Task | Run Time | Per | Prio\r\n\r\n'],
  ])('are not made of %s', (_, text) => {
    expect(eventsOf(Buffer.from(text)).filter(({ type }) => type === 'heap' || type === 'tasks')).toEqual([]);
  });
});

describe('the access point', () => {
  it.each([
    ['I (1234) wifi:state: run -> init (0xc800)', ['run -> init (0xc800)']],
    ['I (12:34:56.789) wifi: state: run -> auth (0x7c0)', ['run -> auth (0x7c0)']],
    ['I (1234) wifi:state: assoc -> run (0x10)', []],
    ['I (1234) wifi:state: auth -> init (0x200)', []],
    ['I (1234) chat: state: run -> init (0x0)', []],
    ['I wifi:state: run -> init (0x0)', []],
    ['Transcript: I (1234) wifi:state: run -> init (0x0)', []],
  ])('of "%s": %j', (text, lost) => {
    const said = linesOf([Buffer.from(`${text}\r\n`)]).flatMap((line) => [...readWifiState(line)]);
    expect(said).toEqual(lost.map((reason) => ({ type: 'network-lost', reason })));
  });
});
