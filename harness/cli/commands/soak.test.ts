import { defaultSoakBounds } from '../../verdict';
import { boundsOf } from './soak';

describe('bounds of a soak', () => {
  const memory = { internal: { bytesPerHour: 8_192 }, psram: { bytesPerHour: 4_096 } };
  const budgets = { path: 'budgets.yaml', successRate: undefined, measures: {}, memory };
  const none = { leakPerHour: undefined, leakPerTurn: undefined };

  it('are those of the command line, which says so, else of the budgets file, else those that a soak has anyhow', () => {
    expect(boundsOf({ ...none, leakPerHour: 512 }, budgets)).toEqual({
      bounds: { ...memory, internal: { bytesPerHour: 512 } },
      isBound: true,
      isCommanded: true,
    });
    expect(boundsOf(none, budgets)).toEqual({ bounds: memory, isBound: true });
    expect(boundsOf(none, undefined)).toEqual({ bounds: defaultSoakBounds, isBound: false });
  });
});
