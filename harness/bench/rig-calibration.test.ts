import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBench } from '../config';
import { storeCalibration, type RigCalibration } from '../rig';
import { WiredRig } from '../rig/calibration/__fixtures__/wired-rig';
import { boardWithRig } from './open-rig-alone';
import { calibrationFor, calibrationPathOf } from './rig-calibration';

const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));

function benchWith(boards: string) {
  const path = join(folder, 'bench.yaml');
  writeFileSync(path, `schema: earshot/bench@1\nname: lab\nboards:\n${boards}`);
  return loadBench(path);
}

const config = benchWith(
  '  - { name: b1, kind: virtual, rig: { calibration: cards/b1.json, calibrationMaxAge: 24h } }\n',
);
const [board] = config.boards as [(typeof config.boards)[0]];
const path = join(folder, 'cards/b1.json');

const calibration: RigCalibration = {
  schema: 'earshot/rig-calibration@1',
  earshotVersion: '0.1.0',
  measuredAt: '2026-11-20T12:00:00.000Z',
  rig: 'wired rig',
  card: { kind: 'unknown', name: 'wired rig', stableId: 'wired rig' },
  rateHz: 48_000,
  roles: ['speaker', 'loopback'],
  topology: 'loopback',
  levelDbFs: -20,
  channels: [],
  roundTrip: { samples: 480, ms: 10, uncertaintyMs: 0.1, withinStreamSamples: 0, streams: [] },
  steps: [],
  lines: [],
  status: 'ok',
};

it('keeps calibrations where the bench file says, or under the names of bench and rig', () => {
  expect(calibrationPathOf(config, board)).toBe(path);
  const [unplaced] = benchWith('  - { name: b1, kind: virtual }\n').boards as [typeof board];
  expect(calibrationPathOf(config, unplaced)).toMatch(/\/earshot\/calibration\/lab--b1_rig\.json$/);
});

it('reads the calibration of a rig when its bench opens, and says when it is stale', () => {
  storeCalibration(path, calibration);
  const rig = new WiredRig();
  expect(calibrationFor(config, board, rig, '2026-11-21T12:00:00.000Z')).toEqual({
    used: {
      path,
      measuredAt: calibration.measuredAt,
      card: calibration.card,
      roundTrip: { ms: 10, uncertaintyMs: 0.1 },
    },
    warnings: [],
  });
  expect(calibrationFor(config, board, rig, '2026-11-21T12:00:01.000Z').warnings).toHaveLength(1);
});

it('refuses a card that is not the one calibrated, and leaves virtual rigs alone', () => {
  storeCalibration(path, { ...calibration, card: { ...calibration.card, stableId: 'usb:0d8c:0014:1-2' } });
  const now = '2026-11-21T12:00:00.000Z';
  expect(() => calibrationFor(config, board, new WiredRig(), now)).toThrow(
    expect.objectContaining({ code: 'HIL_RIG_OTHER_CARD' }) as Error,
  );
  expect(calibrationFor(config, board, new WiredRig({ topology: 'virtual' }), now)).toEqual({ warnings: [] });
});

describe('the rig that is meant', () => {
  const two = benchWith('  - { name: b1, kind: virtual }\n  - { name: b2, kind: virtual }\n');
  const none = benchWith('  - { name: b1, kind: serial, port: /dev/ttyUSB0 }\n');

  it('is the only one, or that of the board that is named', () => {
    expect(boardWithRig(config, undefined).name).toBe('b1');
    expect(boardWithRig(two, 'b2').name).toBe('b2');
  });

  it.each([
    [two, undefined, 'Bench lab has several rigs; name the board of one. Boards with a rig: b1, b2.'],
    [two, 'b3', 'Bench lab has no rig at a board "b3". Boards with a rig: b1, b2.'],
    [none, undefined, 'Bench lab has no rig. Boards with a rig: none.'],
    [none, 'b1', 'Bench lab has no rig at a board "b1". Boards with a rig: none.'],
  ] as const)('is asked for when it is not clear: %#', (bench, name, message) => {
    expect(() => boardWithRig(bench, name)).toThrow(message);
  });
});
