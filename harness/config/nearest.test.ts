import { didYouMean, editDistance, nearest } from './nearest';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['quiet', 'quite', 1],
    ['quiet', 'quiet', 0],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('between "%s" and "%s" is %d', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});

describe('nearest', () => {
  it('puts the likeliest first', () => {
    expect(nearest('en-light-of', ['en-light-on', 'en-light-off', 'zh-joke'])).toEqual([
      'en-light-on',
      'en-light-off',
    ]);
  });

  it('finds a name whose unit or case is different', () => {
    const keys = ['quiet', 'deadline', 'playbackGainDb'];
    expect(nearest('quietMs', keys)).toEqual(['quiet']);
    expect(nearest('playback_gain_db', keys)).toEqual(['playbackGainDb']);
  });

  it('finds nothing when nothing is near, so that a hint is worth reading', () => {
    expect(nearest('volume', ['quiet', 'deadline'])).toEqual([]);
    expect(didYouMean('volume', ['quiet', 'deadline'])).toBe('');
    expect(nearest('a', [])).toEqual([]);
  });
});
