import * as fc from 'fast-check';
import { LineFilter } from './line-filter';
import { requiredText } from './required-text';

describe('requiredText', () => {
  it.each<[RegExp, string | undefined]>([
    [/got ip:(\S+)/, 'got ip:'],
    [/^=+Event (\d+)=+$/, 'Event '],
    [/abort\(\) was called/, 'abort() was called'],
    [/colou?r set/, 'r set'],
    [/ab+cde/, 'cde'],
    [/a{2}bc|/, undefined],
    [/x{0,3}yz/, 'yz'],
    [/Light|Door/, undefined],
    [/(Light|Door) is/, ' is'],
    [/[A-Z\]]x(?!no)/, 'x'],
    [/light/i, undefined],
    [/\x41bc/, undefined],
    [/(a)\1bc/, undefined],
    [/灯 set/, '灯 set'],
    [/\d+\s*/, undefined],
    [/one\ntwo_long/, 'two_long'],
  ])('of %p is %p', (pattern, text) => expect(requiredText(pattern)).toBe(text));
});

describe('LineFilter', () => {
  const pieces = [
    'got',
    ' ip:',
    'Ev',
    '(\\d+)',
    '[a-f]+',
    '.*',
    'x?',
    'é{2}',
    '\\.',
    '(?:ab|cd)',
    '^',
    '$',
    '+',
    'A',
    'z*',
  ];

  it('never passes over a line that a pattern matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom('got', ' ip:', 'Ev', '12', 'abcd', 'éé', '.', 'A', 'zz', 'x', 'Eéo'), {
          maxLength: 9,
        }),
        (source, text) => {
          let pattern: RegExp;
          try {
            pattern = new RegExp(source.join(''));
          } catch {
            return;
          }
          const filter = new LineFilter();
          filter.add(pattern);
          const line = text.join('');
          if (!pattern.test(line)) return;
          matched += 1;
          expect(filter.needsTrial || filter.mayMatch(line)).toBe(true);
        },
      ),
      { seed: 6, numRuns: 5000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('passes over what has nothing of its patterns, also after one of two alike was taken away', () => {
    const filter = new LineFilter();
    filter.add(/got ip:/);
    filter.add(/got ip:(\S+)/);
    filter.remove(/got ip:/);
    expect(filter.needsTrial).toBe(false);
    expect(filter.mayMatch('I (3360) NETWORK: got ip:192.168.7.31')).toBe(true);
    expect(filter.mayMatch('I (1070) main_task: Calling app_main()')).toBe(false);
    filter.remove(/got ip:(\S+)/);
    expect(filter.mayMatch('I (3360) NETWORK: got ip:192.168.7.31')).toBe(false);
    filter.add(/ip/);
    expect(filter.needsTrial).toBe(true);
  });

  it('tells texts apart that end alike, and looks between two places only', () => {
    const filter = new LineFilter();
    filter.add(/session-ready/);
    filter.add(/not ready/);
    const text = 'is ready\nsession-ready\nnot here\n';
    expect(filter.mayMatch('is ready')).toBe(false);
    expect(filter.mayMatch(text)).toBe(true);
    expect(filter.mayMatch(text, 0, 9)).toBe(false);
    expect(filter.mayMatch(text, 22)).toBe(false);
  });
});
