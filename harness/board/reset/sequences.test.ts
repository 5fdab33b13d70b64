import { readLineSequence, resetStepNames } from '../../ports';
import { ManualClock } from '../__fixtures__/manual-clock';
import { idleLines, type ModemLines } from '../serial';
import { playSequence } from './play-sequence';
import { lineSequence, namedSequence, type SequenceName } from './sequences';

describe('readLineSequence', () => {
  it("reads the example of esptool's manual", () => {
    expect(readLineSequence('D0|R1|W0.1|D1|R0|W0.05|D0')).toEqual([
      { dtr: false },
      { rts: true },
      { waitMs: 100 },
      { dtr: true },
      { rts: false },
      { waitMs: 50 },
      { dtr: false },
    ]);
    expect(readLineSequence('U1,0 | W1')).toEqual([{ dtr: true, rts: false }, { waitMs: 1000 }]);
  });

  it.each([
    ['', '"" is no command of it'],
    ['D2', '"D2" is no command'],
    ['D0R1', '"D0R1" is no command'],
    ['U1|0', '"U1" is no command'],
    ['D0|', '"" is no command'],
    ['R1|W100|R0', '"W100" waits longer than 10 s'],
    ['W0.1', 'it sets neither DTR nor RTS'],
  ])('says what is wrong with %j', (text, why) => {
    expect(readLineSequence(text)).toContain(why);
    expect(() => lineSequence(text)).toThrow(why);
  });
});

/** Plays a sequence on a port that notes its lines as DTR,RTS with the time. */
async function played(steps: Parameters<typeof playSequence>[1], lineCount = Infinity, idle?: ModemLines) {
  const clock = new ManualClock();
  const log: string[] = [];
  const transport = {
    setModemLines: ({ dtr, rts }: ModemLines) => {
      log.push(`${clock.nowMs()} ms ${Number(dtr)},${Number(rts)}`);
      return Promise.resolve(log.length <= lineCount);
    },
  };
  const state = { isOver: false };
  const playing = playSequence(transport, steps, clock, idle).finally(() => (state.isOver = true));
  while (!state.isOver) {
    await new Promise((resolve) => process.nextTick(resolve));
    if (clock.pendingCount > 0) clock.advance(5);
  }
  return { hasLines: await playing, log };
}

describe('playSequence', () => {
  it('sets both lines together at each step, and keeps its waits', async () => {
    expect(await played(namedSequence('classic'))).toEqual({
      hasLines: true,
      log: ['0 ms 0,0', '0 ms 0,1', '100 ms 1,1', '100 ms 1,0', '150 ms 0,0'],
    });
    expect((await played(namedSequence('tight'))).log).toEqual([
      '0 ms 0,0',
      '0 ms 1,1',
      '0 ms 0,1',
      '100 ms 1,0',
      '150 ms 0,0',
      '150 ms 0,0',
    ]);
  });

  it('lets go what a sequence leaves asserted', async () => {
    expect((await played(lineSequence('U1,0|W0.01'))).log).toEqual(['0 ms 1,0', '10 ms 0,0']);
  });

  it('leaves those of an emulated port asserted, which are how its firmware knows that somebody reads', async () => {
    const { log } = await played(namedSequence('hard'), Infinity, idleLines('tiny-usb'));
    expect(log).toEqual(['0 ms 0,0', '0 ms 0,1', '100 ms 0,0', '100 ms 1,1']);
    expect((await played(namedSequence('hard'), Infinity, idleLines('usb-serial-jtag'))).log.at(-1)).toBe(
      '100 ms 0,0',
    );
  });

  it('stops at once on a port without lines', async () => {
    expect(await played(namedSequence('hard'), 0)).toEqual({ hasLines: false, log: ['0 ms 0,0'] });
  });

  it('leaves both lines released after every sequence that has a name', async () => {
    const names = resetStepNames.filter(
      (name) => !['repl', 'watchdog', 'power'].includes(name),
    ) as SequenceName[];
    for (const name of names) expect((await played(namedSequence(name))).log.at(-1)).toMatch(/0,0$/);
  });
});
