import type { BootStraps } from '../boot-log';
import { ManualClock } from '../testing/manual-clock';
import type { ModemWiring } from './modem-lines';
import { TwoTransistors } from './two-transistors';
import { UsbSerialJtag } from './usb-serial-jtag';

/** Lets a chip be pulled at and notes what it does, with the time. */
function openChip() {
  const clock = new ManualClock();
  const log: string[] = [];
  const chip = {
    hold: () => void log.push(`${clock.nowMs()} held`),
    reset: ({ gpio0 }: BootStraps) => void log.push(`${clock.nowMs()} started, GPIO0 ${gpio0}`),
  };
  return { clock, log, chip };
}

/**
 * Runs a sequence in the words of device.md section 4: `D0` and `R1` set one line, `U1,0` both at once as DTR,RTS, and `W0.1` lets
 * so many seconds pass.
 */
function run(sequence: string, wiring: ModemWiring, clock: ManualClock): void {
  const lines = { dtr: false, rts: false };
  for (const step of sequence.split(' ')) {
    const [one, other] = [step.slice(1), step.split(',')[1]];
    if (step.startsWith('W')) clock.advance(Number(one) * 1000);
    else if (step.startsWith('D')) lines.dtr = one === '1';
    else if (step.startsWith('R')) lines.rts = one === '1';
    else Object.assign(lines, { dtr: step[1] === '1', rts: other === '1' });
    if (!step.startsWith('W')) wiring.set({ ...lines });
  }
}

describe('TwoTransistors', () => {
  const outcome = (sequence: string, enRiseMs?: number): readonly string[] => {
    const { clock, log, chip } = openChip();
    run(sequence, new TwoTransistors(chip, clock, enRiseMs), clock);
    clock.advance(1000);
    return log;
  };

  it.each([
    ['hard reset', 'R1 W0.1 R0', ['0 held', '114 started, GPIO0 high']],
    ["idf_monitor's 5 ms", 'D0 R1 W0.005 R0', ['0 held', '19 started, GPIO0 high']],
    ['classic reset', 'D0 R1 W0.1 D1 R0 W0.05 D0', ['0 held', '114 started, GPIO0 low']],
    ['tight reset', 'U0,0 U1,1 U0,1 W0.1 U1,0 W0.05 U0,0 D0', ['0 held', '114 started, GPIO0 low']],
  ])('boots as device.md says after %s', (_name, sequence, log) => expect(outcome(sequence)).toEqual(log));

  it('looks at GPIO0 when EN has risen: 50 ms are too short for a large capacitor, 550 ms are enough', () => {
    expect(outcome('D0 R1 W0.1 D1 R0 W0.05 D0', 60)).toEqual(['0 held', '160 started, GPIO0 high']);
    expect(outcome('D0 R1 W0.1 D1 R0 W0.55 D0', 60)).toEqual(['0 held', '160 started, GPIO0 low']);
  });

  it('pulls nothing with both lines asserted, as a port is opened, nor with DTR alone while it runs', () => {
    expect(outcome('U1,1 W1 R0 W1 D0')).toEqual([]);
  });

  it('starts once, when EN is let go for good', () => {
    expect(outcome('R1 W0.01 R0 W0.01 R1 W0.01 R0')).toEqual(['0 held', '44 started, GPIO0 high']);
  });
});

describe('UsbSerialJtag', () => {
  const outcome = (sequence: string): readonly string[] => {
    const { clock, log, chip } = openChip();
    run(sequence, new UsbSerialJtag(chip), clock);
    return log;
  };

  it.each([
    ['hard reset', 'R1 W0.1 R0', ['0 started, GPIO0 high']],
    ['USB-JTAG reset', 'R0 D0 W0.1 D1 R0 W0.1 R1 D0 R1 W0.1 D0 R0', ['200 started, GPIO0 low']],
    [
      'hard reset after a download',
      'D1 R0 R1 D0 W0.1 D0 R0 W1 R1 W0.1 R0',
      ['0 started, GPIO0 low', '1100 started, GPIO0 high'],
    ],
  ])('boots as device.md says after %s', (_name, sequence, log) => expect(outcome(sequence)).toEqual(log));

  it('is not reset by a port that is opened, and let go RTS first', () => {
    expect(outcome('U1,1 R0 D0')).toEqual([]);
  });

  it('is reset by a port that is let go DTR first', () => {
    expect(outcome('U1,1 D0 R0')).toEqual(['0 started, GPIO0 high']);
  });
});
