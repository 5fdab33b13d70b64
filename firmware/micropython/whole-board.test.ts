/** The client in a whole virtual board: ROM, pseudo-terminal, resets and Wi-Fi, read by the harness as it reads any board. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSerialBoard } from '../../harness/board';
import { dialectByName } from '../../harness/board/dialect';
import type { ResetLine } from '../../harness/board/serial';
import { systemClock, type Board, type BoardEvent } from '../../harness/ports';
import { openMock } from '../../harness/provider';
import { scenario, smallCorpus } from '../../harness/provider/__fixtures__/small-corpus';
import { startVirtualBoard } from '../virtual-board';
import { ControlClient } from '../virtual-board/testing/control-client';
import { fastClock } from '../virtual-board/testing/fast-clock';
import { pythonChat } from '../virtual-board/testing/python/python-chat';

const source = (name: string): string => readFileSync(join(__dirname, name), 'utf8');
const corpus = smallCorpus();
const JOKE = corpus.prompts.get('en-joke-a')!.transcript;
const TOLD = corpus.replies.get('en-joke-a')!.transcript;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The next event of a type, from now on. */
const next = (board: Board, type: BoardEvent['type']) =>
  new Promise<BoardEvent>((resolve) => {
    const cancel = board.onEvent((event) => {
      if (event.type !== type) return;
      cancel();
      resolve(event);
    });
  });

async function openBoard(faults: readonly string[] = []) {
  const mock = await openMock('siliconflow', { scenario, corpus, clock: systemClock });
  closers.push(() => mock.close());
  const config = {
    ssid: 'bench',
    api_key: 'sk-test',
    base_url: mock.url.replace('/chat/completions', ''),
    question: JOKE,
    // Board time passes faster than the mock's: no slow machine may look like a silent service.
    request_timeout_s: 3600,
    tries: 5,
  };
  const virtual = await startVirtualBoard(
    {
      dialect: 'micropython-chat',
      firmware: pythonChat({
        files: {
          '/main.py': source('main.py'),
          '/chat_client.py': source('chat_client.py'),
          '/config.json': JSON.stringify(config),
        },
      }),
      providerUrl: mock.url,
      // What is printed before the port is open is lost.
      faults: ['no-boot', ...faults],
    },
    fastClock(40),
  );
  closers.push(() => virtual.close());
  const control = await ControlClient.open(virtual.control);
  closers.push(() => control.close());
  const resetLine: ResetLine = {
    reset: async () => {
      await control.ask({ op: 'fault', name: 'no-boot', on: false });
      await control.ask({ op: 'reset' });
    },
  };
  const board = await openSerialBoard({
    name: 'python-1',
    model: 'ESP32-S3',
    port: virtual.ptyPath,
    baudRate: 115_200,
    dialect: dialectByName('micropython-chat'),
    bootTimeoutMs: 10_000,
    sessionTimeoutMs: 10_000,
    clock: systemClock,
    resetLine,
  });
  closers.push(() => board.close());
  return { board, control, mock };
}

describe('a board with MicroPython and the chat client', () => {
  it('boots, asks and answers, once after each boot', async () => {
    const { board, mock } = await openBoard();
    for (const boot of [1, 2]) {
      const answered = next(board, 'answer');
      await board.reset();
      expect(await answered).toMatchObject({ text: TOLD, complete: true, boot });
    }
    expect(board.firmware).toMatchObject({ project: 'micropython', version: 'v1.26.0' });
    expect(mock.events.filter(({ type }) => type === 'request')).toHaveLength(2);
  });

  it('restarts itself without Wi-Fi, and asks when it is there', async () => {
    const { board, control } = await openBoard(['no-wifi']);
    const complained = next(board, 'complaint');
    await board.reset();
    const complaint = await complained;
    expect(complaint).toMatchObject({ text: '!!! 错误: WiFi连接超时' });
    const answered = next(board, 'answer');
    await control.ask({ op: 'fault', name: 'no-wifi', on: false });
    const answer = await answered;
    expect(answer).toMatchObject({ text: TOLD });
    // By its fast clock it may have restarted more than once on a busy machine.
    expect(answer.boot).toBeGreaterThan(complaint.boot);
  });
});
