import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardIdentity } from '../../ports';
import { appliedCalibration } from './applied-calibration';
import { calibrationPath, readCalibration, storeCalibration } from './calibration-file';
import type { RigCalibration } from './rig-calibration';

const folder = mkdtempSync(join(tmpdir(), 'earshot-calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));

const card: CardIdentity = { kind: 'alsa', name: 'Scarlett 2i2', stableId: 'usb:1235:8210:S1AB' };
const calibration: RigCalibration = {
  schema: 'earshot/rig-calibration@1',
  earshotVersion: '0.1.0',
  measuredAt: '2026-11-01T12:00:00.000Z',
  rig: 'korvo rig',
  card,
  rateHz: 48_000,
  roles: ['speaker', 'loopback'],
  topology: 'loopback',
  levelDbFs: -20,
  channels: [{ role: 'loopback', quiet: { isStuck: false, rmsDbFs: -92 } }],
  roundTrip: { samples: 1_200, ms: 25, uncertaintyMs: 0.4, withinStreamSamples: 0.02, streams: [] },
  steps: [],
  lines: [{ check: 'loopback', status: 'ok', text: 'wired' }],
  status: 'ok',
};

describe('a stored calibration', () => {
  it('reads back as it was stored, in a folder that was not there, and in place of an older one', () => {
    const path = join(folder, 'state/deep', 'rig.json');
    storeCalibration(path, { ...calibration, earshotVersion: '0.0.1' });
    storeCalibration(path, calibration);
    expect(readCalibration(path)).toEqual(calibration);
  });

  it('is absent when there is no such file', () => {
    expect(readCalibration(join(folder, 'none.json'))).toBeUndefined();
    expect(readCalibration(join(folder, 'none/none.json'))).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"schema": "earshot/rig-cal', 'HIL_RIG_CALIBRATION_DAMAGED'],
    ['another kind of file', '{"schema":"earshot/run@1"}', 'HIL_RIG_CALIBRATION_DAMAGED'],
    ['a list', '[]', 'HIL_RIG_CALIBRATION_DAMAGED'],
    ['null', 'null', 'HIL_RIG_CALIBRATION_DAMAGED'],
    [
      'one without its card',
      JSON.stringify({ ...calibration, card: undefined }),
      'HIL_RIG_CALIBRATION_DAMAGED',
    ],
    [
      'one whose round trip is a text',
      JSON.stringify({ ...calibration, roundTrip: { ...calibration.roundTrip, ms: '25' } }),
      'HIL_RIG_CALIBRATION_DAMAGED',
    ],
    [
      'one whose date is none',
      JSON.stringify({ ...calibration, measuredAt: 'today' }),
      'HIL_RIG_CALIBRATION_DAMAGED',
    ],
    [
      'one of a later version',
      JSON.stringify({ ...calibration, schema: 'earshot/rig-calibration@2' }),
      'HIL_RIG_CALIBRATION_TOO_NEW',
    ],
  ])('is refused when it is %s', (_, text, code) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, text);
    expect(() => readCalibration(path)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('is refused when it is a folder, and cannot be stored in place of one', () => {
    expect(() => readCalibration(folder)).toThrow(
      expect.objectContaining({ code: 'HIL_RIG_CALIBRATION_DAMAGED' }) as Error,
    );
    expect(() => storeCalibration(folder, calibration)).toThrow(
      expect.objectContaining({ code: 'HIL_RIG_CALIBRATION_NOT_STORED' }) as Error,
    );
  });

  it('keeps fields that a later minor version adds', () => {
    const path = join(folder, 'later.json');
    writeFileSync(path, JSON.stringify({ ...calibration, temperatureC: 21 }));
    expect(readCalibration(path)).toMatchObject({ temperatureC: 21 });
  });

  it('has a file of its own for each rig of each bench', () => {
    expect(calibrationPath('/state', 'lab 3/left', 'b1 rig')).toBe(
      '/state/calibration/lab_3_left--b1_rig.json',
    );
  });
});

describe('the calibration of a run', () => {
  const rig = { name: 'korvo rig', rateHz: 48_000, topology: 'loopback', card } as const;
  const given = {
    rig,
    calibration,
    path: '/state/rig.json',
    nowIso: '2026-11-21T12:00:00.000Z',
    maxAgeMs: 30 * 86_400_000,
  };

  it('gives the round trip of the rig, and says which it was', () => {
    expect(appliedCalibration(given)).toEqual({
      used: {
        path: '/state/rig.json',
        measuredAt: '2026-11-01T12:00:00.000Z',
        card,
        roundTrip: { ms: 25, uncertaintyMs: 0.4 },
      },
      warnings: [],
    });
  });

  it('is refused for another card, with both named', () => {
    const other = { ...card, stableId: 'usb:1235:8210:S2CD' };
    expect(() => appliedCalibration({ ...given, rig: { ...rig, card: other } })).toThrow(
      expect.objectContaining({
        code: 'HIL_RIG_OTHER_CARD',
        message: expect.stringMatching(/S2CD.*S1AB/),
      }) as Error,
    );
  });

  it('is warned of when it is stale, to the day', () => {
    expect(appliedCalibration({ ...given, nowIso: '2026-12-01T12:00:00.000Z' }).warnings).toEqual([]);
    const { warnings, used } = appliedCalibration({ ...given, nowIso: '2026-12-02T12:00:00.000Z' });
    expect(warnings).toEqual([expect.stringMatching(/31 days old, more than 30 days/)]);
    expect(used).toBeDefined();
  });

  it('is missed only where nothing hears the prompt', () => {
    const missing = { ...given, calibration: undefined };
    expect(appliedCalibration(missing)).toEqual({ warnings: [] });
    const deaf = { ...rig, topology: 'timestamps' } as const;
    expect(appliedCalibration({ ...missing, rig: deaf }).warnings).toEqual([
      expect.stringMatching(/never calibrated/),
    ]);
  });

  it('is not used at another rate', () => {
    const { used, warnings } = appliedCalibration({ ...given, rig: { ...rig, rateHz: 44_100 } });
    expect(used).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/48000 Hz.*44100 Hz/)]);
  });

  it('is not asked for on a virtual rig', () => {
    const virtual = { name: 'v', rateHz: 48_000, topology: 'virtual' } as const;
    expect(appliedCalibration({ ...given, rig: virtual })).toEqual({ warnings: [] });
  });

  it('goes by the name of the rig where the card tells nothing', () => {
    const untold = { name: 'korvo rig', rateHz: 48_000, topology: 'loopback' } as const;
    const named: RigCalibration = {
      ...calibration,
      card: { kind: 'unknown', name: 'korvo rig', stableId: 'korvo rig' },
    };
    expect(appliedCalibration({ ...given, rig: untold, calibration: named }).used).toBeDefined();
    expect(() => appliedCalibration({ ...given, rig: untold })).toThrow('korvo rig is korvo rig');
  });
});
