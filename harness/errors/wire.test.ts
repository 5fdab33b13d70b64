import { runInNewContext } from 'node:vm';
import type { HilError } from './hil-error';
import { BoardError, isHilError, originOf, RigError } from './hil-error';
import { fromWireError, toWireError, type WireError } from './wire';

const overTheWire = (thrown: unknown): HilError =>
  fromWireError(JSON.parse(JSON.stringify(toWireError(thrown))) as WireError);

describe('an error that crosses processes', () => {
  it('keeps code, message, facts, origin and remedy', () => {
    const sent = new RigError('HIL_RIG_LAGGED', 'Rig a lagged by 700 ms.', { lagMs: 700, blocks: [1, 2] });
    const received = overTheWire(sent);
    expect(isHilError(received)).toBe(true);
    expect(received).toMatchObject({ code: sent.code, message: sent.message, facts: sent.facts });
    expect([received.origin, received.remedy]).toEqual([sent.origin, sent.remedy]);
  });

  it('keeps a chain of causes, foreign ones included', () => {
    const foreign = new TypeError('socket is gone');
    const rig = new RigError('HIL_RIG_LINK_LOST', 'Rig a lost its link.', {}, { cause: foreign });
    const board = new BoardError('HIL_BOARD_NO_BOOT', 'Board b did not boot.', {}, { cause: rig });
    const received = overTheWire(board);
    const cause = received.cause as HilError;
    expect(cause).toMatchObject({ code: 'HIL_RIG_LINK_LOST', message: rig.message });
    expect(cause.cause).toMatchObject({
      code: 'HIL_HARNESS_UNEXPECTED',
      message: 'socket is gone',
      facts: { name: 'TypeError', stack: expect.stringContaining('wire.test') as string },
    });
    expect((cause.cause as HilError).cause).toBeUndefined();
  });

  it.each([
    ['a string', 'out of paper', 'out of paper'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object with a message', { message: 'half an error' }, 'half an error'],
  ])('becomes an unexpected error of the harness when it was %s', (_, thrown, message) => {
    expect(overTheWire(thrown)).toMatchObject({ code: 'HIL_HARNESS_UNEXPECTED', message, origin: 'harness' });
  });

  it('becomes an unexpected error when its code is from another version', () => {
    const wire = {
      code: 'HIL_FROM_THE_FUTURE',
      message: 'No idea.',
      facts: { a: 1 },
    } as unknown as WireError;
    expect(fromWireError(wire)).toMatchObject({
      code: 'HIL_HARNESS_UNEXPECTED',
      message: 'No idea.',
      facts: { a: 1 },
    });
  });

  it('does not take names from the prototype for codes', () => {
    const wire = { code: 'toString', message: 'No idea.', facts: {} } as unknown as WireError;
    expect(fromWireError(wire).code).toBe('HIL_HARNESS_UNEXPECTED');
  });
});

describe('isHilError', () => {
  it('knows an error of another realm, where instanceof does not', () => {
    const other: unknown = runInNewContext(
      "Object.assign(new Error('x'), { [Symbol.for('earshot.error')]: true })",
    );
    expect(other instanceof Error).toBe(false);
    expect(isHilError(other)).toBe(true);
  });

  it.each([[undefined], [null], ['HIL_RIG_CLOSED'], [new Error('x')], [{ code: 'HIL_RIG_CLOSED' }]])(
    'does not take %p for one',
    (value) => {
      expect(isHilError(value)).toBe(false);
      expect(originOf(value)).toBe('harness');
    },
  );

  it('names the class in the text of the error', () => {
    expect(String(new BoardError('HIL_BOARD_PANIC', 'It crashed.'))).toBe('BoardError: It crashed.');
  });
});
