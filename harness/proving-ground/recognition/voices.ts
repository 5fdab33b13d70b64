/** How espeak-ng is asked to speak. */
export interface Voice {
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

/** The two voices of each language of the corpus; held against `scripts/make-corpus-texts.mjs` by a test. */
export const corpusVoices: Readonly<Record<string, readonly Voice[]>> = {
  en: [
    { voice: 'en-us+f3', wordsPerMinute: 165, pitch: 50 },
    { voice: 'en-gb+m3', wordsPerMinute: 180, pitch: 40 },
  ],
  zh: [
    { voice: 'cmn-latn-pinyin+f2', wordsPerMinute: 200, pitch: 50 },
    { voice: 'cmn-latn-pinyin+m7', wordsPerMinute: 220, pitch: 40 },
  ],
};

/** Voices that no template has. */
export const otherVoices: Readonly<Record<string, readonly Voice[]>> = {
  en: [
    { voice: 'en-us+m1', wordsPerMinute: 170, pitch: 45 },
    { voice: 'en-gb-scotland+f5', wordsPerMinute: 175, pitch: 60 },
    { voice: 'en-gb-x-rp+m7', wordsPerMinute: 160, pitch: 35 },
    { voice: 'en-us+f1', wordsPerMinute: 185, pitch: 55 },
  ],
  zh: [
    { voice: 'cmn-latn-pinyin+m1', wordsPerMinute: 210, pitch: 45 },
    { voice: 'cmn-latn-pinyin+f5', wordsPerMinute: 200, pitch: 60 },
    { voice: 'cmn-latn-pinyin+m3', wordsPerMinute: 215, pitch: 35 },
    { voice: 'cmn-latn-pinyin+f1', wordsPerMinute: 205, pitch: 55 },
  ],
};
