import { countTokens, cutTokens } from './tokens';

it('never splits a character', () => {
  expect(cutTokens('灯😀a灯', 1)).toEqual(['灯', '😀', 'a', '灯']);
  expect(cutTokens('灯😀a灯', 3)).toEqual(['灯😀a', '灯']);
  expect(cutTokens('', 4)).toEqual([]);
});

it('counts as it cuts', () => {
  for (const text of ['', 'a', '灯😀a灯', 'four', '\ud800x', '😀😀😀😀😀'])
    for (const charsPerToken of [1, 2, 4]) {
      expect(countTokens(text, charsPerToken)).toBe(cutTokens(text, charsPerToken).length);
      expect(cutTokens(text, charsPerToken).join('')).toBe(text);
    }
});
