import { isHilError } from '../../harness/errors';
import { startVirtualBoard, type VirtualBoard } from './index';
import { ControlClient } from './testing/control-client';
import { fastClock } from './testing/fast-clock';
import { Terminal } from './testing/terminal';
import { ofType, TinyProvider } from './testing/tiny-provider';

describe('virtual board', () => {
  let provider: TinyProvider;
  let board: VirtualBoard;
  let terminal: Terminal;
  let control: ControlClient;

  beforeEach(async () => {
    provider = await TinyProvider.start();
    board = await startVirtualBoard({ dialect: 'realtime-ws', providerUrl: provider.url }, fastClock(20));
    terminal = await Terminal.open(board.ptyPath);
    control = await ControlClient.open(board.control);
  });

  afterEach(async () => {
    control.close();
    await terminal.close();
    await board.close();
    await provider.close();
  });

  it('boots after a reset, gets an address, opens a session and holds a conversation', async () => {
    await control.ask({ id: 1, op: 'reset' });
    const from = terminal.text.lastIndexOf('ESP-ROM:');
    await terminal.expect(/Begin to send json:\{"type":"response.create".*\r\n/, Math.max(0, from));
    const text = terminal.text.slice(terminal.text.lastIndexOf('ESP-ROM:'));
    const milestones = [
      /^ESP-ROM:esp32s3-20210327\r\n/,
      /rst:0x1 \(POWERON\),boot:0x8 \(SPI_FAST_FLASH_BOOT\)\r\n/,
      /entry 0x[0-9a-f]{8}\r\nI \(\d+\) boot: ESP-IDF v5\.4\.2 2nd stage bootloader\r\n/,
      /app_init: Project name: {5}realtime_ws\r\n/,
      /app_init: ELF file SHA256: {2}[0-9a-f]{9}\.\.\.\r\n/,
      /main_task: Calling app_main\(\)\r\n/,
      /I \(\d+0\) Board: Init board\.\r\n/,
      /\[5n\r\r\nType 'help' to get the list of commands\.\r\r\n/,
      /On Windows, try using Putty instead\.\r\r\nesp> I \(\d+0\) wifi:wifi driver task/,
      /I \(\d+0\) wifi:state: init -> auth \(0xb0\)\r\n/,
      /I \(\d+0\) NETWORK: got ip:192\.168\.7\.31\r\n/,
      /REALTIME_WS: Connecting to ws:\/\/127\.0\.0\.1:\d+\/v1\/realtime\?model=gpt-realtime\r\n/,
      /REALTIME_WS: WebSocket connected\r\n/,
      /REALTIME_WS: Session created id=sess_TEST\r\n/,
      /Begin to send json:\{"type":"session.update",/,
      /OPENAI_APP: Realtime session\.updated \(tools\/config applied\)\r\n/,
      /Begin to send json:\{"type":"response\.create",/,
    ].map((pattern) => text.search(pattern));
    expect(milestones).not.toContain(-1);
    expect([...milestones].sort((a, b) => a - b)).toEqual(milestones);
    expect(provider.requests.at(-1)?.headers.authorization).toBe('Bearer virtual-board-key');

    await provider.messages.next(ofType('input_audio_buffer.append'));
    provider.send({ type: 'response.output_audio_transcript.done', item_id: 'item_1', transcript: 'Hello.' });
    await terminal.expect(/Transcript: Hello\.\r\n/);
    expect(await control.ask({ id: 2, op: 'state' })).toEqual({
      id: 2,
      ok: true,
      state: {
        boot: 2,
        running: true,
        downloading: false,
        session: 'ready',
        faults: [],
        plugged: true,
        powered: true,
      },
    });
  });

  it('says what it cannot start with', async () => {
    const started = startVirtualBoard({
      dialect: 'realtime-ws',
      providerUrl: 'http://127.0.0.1',
      faults: [],
    });
    await expect(started).rejects.toMatchObject({ code: 'HIL_VIRTUAL_BOARD_FAILED' });
    const failure: unknown = await startVirtualBoard({
      dialect: 'realtime-ws',
      providerUrl: provider.url,
      faults: ['dead-dog'],
    }).catch((thrown: unknown) => thrown);
    expect(isHilError(failure) && failure.message).toContain("fault 'dead-dog' is unknown");
  });
});
