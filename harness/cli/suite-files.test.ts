import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { productSuites, suiteFiles, surveySuites } from './suite-files';

describe('suiteFiles', () => {
  it('gives all product suites when none is named', () => {
    expect(suiteFiles([]).map((path) => basename(path).split('.')[0])).toEqual(productSuites());
    expect(productSuites()).toEqual(
      expect.arrayContaining([
        'boot',
        'session',
        'conversation',
        'function-calls',
        'latency',
        'unknown-utterance',
      ]),
    );
  });

  it('keeps surveys for those who name them', () => {
    expect(surveySuites()).toEqual(['background-noise', 'prompt-level']);
    expect(productSuites()).not.toEqual(expect.arrayContaining(surveySuites()));
    expect(suiteFiles(['prompt-level']).map((path) => basename(path).split('.')[0])).toEqual([
      'prompt-level',
    ]);
  });

  it('takes names, files and folders, each file once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-suites-'));
    const own = join(folder, 'own.hil.ts');
    writeFileSync(own, '');
    writeFileSync(join(folder, 'other.ts'), '');
    const files = suiteFiles(['boot', own, folder]);
    expect(files).toHaveLength(2);
    expect(files[1]).toBe(own);
  });

  it('names what there is when a suite is unknown', () => {
    expect(() => suiteFiles(['bot'])).toThrow(/no suite "bot".*boot/);
  });

  it('refuses a folder without suites', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-empty-'));
    expect(() => suiteFiles([folder])).toThrow(/no \*\.hil\.ts/);
  });
});
