import { startVirtualBoard, type VirtualBoard } from '../../firmware/virtual-board';
import { modemResetLine, openSerialPort, type SerialTransport } from '../board';
import { systemClock } from '../ports';

/** The harness's client and the virtual board's server, which were written apart, put together. */
describe('a virtual board behind RFC 2217', () => {
  let board: VirtualBoard;
  let transport: SerialTransport | undefined;

  const openBoard = async (dialect: 'idf-chat' | 'openai-demo-beta') => {
    const providerUrl = dialect === 'idf-chat' ? 'http://127.0.0.1:9' : 'https://127.0.0.1:9';
    board = await startVirtualBoard({ dialect, providerUrl, rfc2217Port: 0 });
    const path = `rfc2217://127.0.0.1:${board.rfc2217?.port ?? 0}`;
    transport = await openSerialPort({ path, baudRate: 115_200, clock: systemClock });
    return transport;
  };

  /** Resolves once the board has printed what matches, from now on. */
  const printed = (from: SerialTransport, pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      let text = '';
      from.onBytes((bytes) => {
        text += bytes.toString('latin1');
        if (pattern.test(text)) resolve();
      });
    });

  afterEach(async () => {
    await transport?.close();
    await board.close();
  });

  it('boots its flash when EN is pulled by RTS', async () => {
    const line = await openBoard('idf-chat');
    const booted = printed(line, /rst:0x1 \(POWERON\),boot:0x8[^]*entry 0x/);
    await modemResetLine(line, systemClock).reset();
    await booted;
  });

  it('waits for a download after the classic sequence', async () => {
    const line = await openBoard('idf-chat');
    const waits = printed(line, /boot:0x0 \(DOWNLOAD\(USB\/UART0\)\)[^]*waiting for download/);
    await line.setModemLines({ dtr: false, rts: true });
    await line.setModemLines({ dtr: true, rts: false });
    await waits;
    await line.setModemLines({ dtr: false, rts: false });
  });

  it('resets by its own USB, and says so', async () => {
    const line = await openBoard('openai-demo-beta');
    const booted = printed(line, /rst:0x15 \(USB_UART_CHIP_RESET\),boot:0x8/);
    await modemResetLine(line, systemClock).reset();
    await booted;
  });
});
