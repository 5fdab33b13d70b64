import { parseLogLine } from '../console';
import type { EventBody, LineReader } from '../event-body';

/** `MEM Avail:8123456, IRam:196604, PSRam:7926852`, of the command `i` of openai_demo and its kin (device.md section 9.4). */
const MEMORY = /^MEM Avail:(\d+), IRam:(\d+), PSRam:(\d+)/;
/** `free sram: 91823 minimal sram: 88120`, every ten seconds of xiaozhi-esp32 (device.md section 9.5). */
const SRAM = /^free sram: (\d+) minimal sram: (\d+)/;
const TABLE_HEAD = /^\| Task +\| Run Time +\| Per/;
const TABLE_ROW =
  /^\| (\S.*?) +\| +(\d+) +\| +(\d+)% +\| +(\d+) +\| +(\d+) +\| +(\w+) +\| +(-?\w+) +\| +(\w+)/;

interface TaskRow {
  readonly name: string;
  readonly percent: number;
  readonly leastFreeStack: number;
}

/** Reads what firmware prints of its heap and its tasks: samples, which say something only in comparison. */
export function systemStateReader(): LineReader {
  let rows: TaskRow[] | undefined;

  /** The table has no line of its own that ends it: whatever is no row does. */
  const ended = (): readonly EventBody[] => {
    const tasks = rows ?? [];
    rows = undefined;
    return tasks.length === 0 ? [] : [{ type: 'tasks', tasks }];
  };

  return ({ text, truncated }) => {
    if (TABLE_HEAD.test(text)) {
      const before = ended();
      rows = [];
      return before;
    }
    const row = truncated === true || rows === undefined ? null : TABLE_ROW.exec(text);
    if (row !== null) {
      const [, name = '', , percent, , leastFreeStack] = row;
      rows?.push({ name, percent: Number(percent), leastFreeStack: Number(leastFreeStack) });
      return [];
    }
    return [...ended(), ...(truncated === true ? [] : heapOf(text))];
  };
}

/** The same of the marker `heap` (docs/markers.md); nothing for every other. */
export function heapOfMarker(body: EventBody): readonly EventBody[] {
  if (body.type !== 'marker' || body.marker !== 'heap') return [];
  const { free, least, psram } = body.fields;
  if (typeof free !== 'number') return [];
  return [
    {
      type: 'heap',
      internalBytes: free,
      ...(typeof least === 'number' ? { leastInternalBytes: least } : {}),
      ...(typeof psram === 'number' ? { psramBytes: psram } : {}),
    },
  ];
}

function heapOf(text: string): readonly EventBody[] {
  // Looked for first: each line of the stream passes here.
  if (!text.includes('SYS_STATE: ') && !text.includes('SystemInfo: ')) return [];
  const log = parseLogLine(text);
  if (log?.tag === 'SYS_STATE') {
    const [, , internalBytes, psramBytes] = MEMORY.exec(log.message) ?? [];
    if (internalBytes === undefined || psramBytes === undefined) return [];
    return [{ type: 'heap', internalBytes: Number(internalBytes), psramBytes: Number(psramBytes) }];
  }
  const [, internalBytes, leastInternalBytes] = (log?.tag === 'SystemInfo' && SRAM.exec(log.message)) || [];
  if (internalBytes === undefined) return [];
  return [
    { type: 'heap', internalBytes: Number(internalBytes), leastInternalBytes: Number(leastInternalBytes) },
  ];
}
