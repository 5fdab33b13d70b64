import { fleetModels, type FleetModel } from './fleet-model';
import { simulateFleet } from './simulate-fleet';
import { VirtualTime } from './virtual-time';

/** A tenth of the boards, and more that goes wrong than goes right. */
function rough(): FleetModel {
  const [model] = fleetModels;
  if (model === undefined) throw new Error('there is no fleet');
  return {
    ...model,
    name: 'rough',
    benches: 3,
    boardsOfBench: 4,
    models: 2,
    pieces: 200,
    faults: {
      benchLosses: 6,
      benchLostForMs: 120_000,
      networkCuts: 20,
      networkCutForMs: 60_000,
      repeatedDeliveries: 0.2,
    },
    seed: 5,
  };
}

describe('a simulated fleet', () => {
  it('ends every piece once, whatever goes wrong, and is the same each time', async () => {
    const report = await simulateFleet(rough());
    expect(report).toMatchObject({ pieces: 200, acceptedTwice: 0, lost: 0 });
    // Otherwise nothing went wrong.
    expect(report.attempts).toBeGreaterThan(200);
    expect(report.refused.stale).toBeGreaterThan(0);
    expect(report.refused.repeated).toBeGreaterThan(0);
    expect(await simulateFleet(rough())).toEqual(report);
  });
});

describe('virtual time', () => {
  it('calls what is due in order, equals as they came, and nothing that was taken back', async () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} ${time.nowMs()}`);
    time.after(20, note('later'));
    const cancels = ['a', 'b', 'c'].map((name) => time.after(10, note(name)));
    cancels[0]?.();
    cancels[2]?.();
    cancels[2]?.();
    time.after(10, note('d'));
    await time.runUntil(() => false);
    expect(seen).toEqual(['b 10', 'd 10', 'later 20']);
  });
});
