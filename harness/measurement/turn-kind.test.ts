import type { TurnRecord } from '../ports';
import { isOfKind } from './turn-kind';

const asked = (hostAtMs: number) => ({ asked: { callId: 'c1', arguments: {}, hostAtMs } });
const interruptedAt = (askedAtHostMs: number): Pick<TurnRecord, 'interruption'> => ({
  interruption: { playback: { askedAtHostMs } } as NonNullable<TurnRecord['interruption']>,
});

describe('isOfKind', () => {
  it('makes a tool turn of one in which a call was asked for', () => {
    expect(isOfKind('tool', { record: {}, measurement: { calls: [asked(10)] } })).toBe(true);
    expect(isOfKind('tool', { record: {}, measurement: { calls: [{ asked: undefined }] } })).toBe(false);
    expect(isOfKind('plain', { record: {}, measurement: {} })).toBe(true);
  });

  it('makes none by a call that was asked for after somebody spoke into the reply', () => {
    const late = { record: interruptedAt(20), measurement: { calls: [asked(30)] } };
    expect(isOfKind('tool', late)).toBe(false);
    expect(isOfKind('plain', late)).toBe(true);
    expect(isOfKind('tool', { ...late, measurement: { calls: [asked(10), asked(30)] } })).toBe(true);
  });

  it('takes the first turn of a session for cold, and one that does not say for warm', () => {
    expect(isOfKind('cold', { record: { turnInSession: 1 }, measurement: {} })).toBe(true);
    expect(isOfKind('warm', { record: { turnInSession: 2 }, measurement: {} })).toBe(true);
    expect(isOfKind('warm', { record: {}, measurement: {} })).toBe(true);
  });
});
