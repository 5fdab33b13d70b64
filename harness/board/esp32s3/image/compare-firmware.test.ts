import { compareFirmware, printedElfSha, readAppImage } from '.';
import { describeApp, someApp, someElfSha256, type DescriptionSpec } from './__fixtures__/build-image';

const underTest = (spec: DescriptionSpec = {}) =>
  readAppImage({ name: 'app.bin', bytes: someApp(describeApp(spec)) }).app;

const booted = {
  project: 'openai_demo',
  version: 'c57e51b-dirty',
  compiled: 'Aug 14 2026 10:02:05',
  idf: 'v5.4.2',
  elfSha256Prefix: '0810d7fd3',
};

describe('compareFirmware', () => {
  it('matches on the digits that a board prints, nine or sixteen, in either case', () => {
    for (const elfSha256Prefix of ['0810d7fd3', someElfSha256.slice(0, 16), '0810D7FD3', someElfSha256])
      expect(compareFirmware({ elfSha256Prefix }, underTest())).toMatchObject({ state: 'match' });
  });

  it('tells another image, and in what it differs', () => {
    const running = { ...booted, version: 'old', elfSha256Prefix: 'ffff00001' };
    expect(compareFirmware(running, underTest())).toEqual({
      state: 'other-image',
      differences: [
        { field: 'ELF SHA-256', running: 'ffff00001', underTest: '0810d7fd3' },
        { field: 'version', running: 'old', underTest: 'c57e51b-dirty' },
      ],
    });
  });

  it('tells another build of the same version', () => {
    expect(compareFirmware({ ...booted, elfSha256Prefix: 'ffff00001' }, underTest())).toEqual({
      state: 'other-image',
      differences: [{ field: 'ELF SHA-256', running: 'ffff00001', underTest: '0810d7fd3' }],
    });
  });

  it('knows another project although no hash was printed', () => {
    expect(compareFirmware({ project: 'xiaozhi' }, underTest())).toMatchObject({
      state: 'other-image',
      differences: [{ field: 'project', running: 'xiaozhi' }],
    });
  });

  it('does not take equal names for the same image', () => {
    const { project, version, compiled, idf } = booted;
    const named = { project, version, compiled, idf };
    expect(compareFirmware(named, underTest())).toEqual({
      state: 'unknown',
      lacked: 'The board printed no SHA-256 of its ELF.',
    });
  });

  it('says what lacked', () => {
    const lacked = (match: ReturnType<typeof compareFirmware>) =>
      match.state === 'unknown' ? match.lacked : match.state;
    expect(lacked(compareFirmware(undefined, underTest()))).toBe(
      'The board printed nothing about its firmware.',
    );
    expect(lacked(compareFirmware(booted, undefined))).toBe(
      'The image under test holds no application description.',
    );
    expect(lacked(compareFirmware(booted, underTest({ elfSha256: '0'.repeat(64) })))).toBe(
      'The image under test holds no SHA-256 of its ELF.',
    );
    expect(lacked(compareFirmware({ elfSha256Prefix: '0810d' }, underTest()))).toBe(
      'The board printed "0810d" as the SHA-256 of its ELF; expected at least 8 hex digits.',
    );
  });

  it('holds the name and date that MicroPython prints against nothing', () => {
    const image = underTest({ project: '', version: '', date: 'Aug  9 2025', time: '15:27:50' });
    const running = { project: 'micropython', version: 'v1.26.0', compiled: '2025-08-09' };
    expect(compareFirmware(running, image)).toMatchObject({ state: 'unknown' });
  });
});

it('printedElfSha gives the nine digits of a boot log', () => {
  expect(printedElfSha(underTest()!)).toBe('0810d7fd3');
  expect(printedElfSha(underTest({ elfSha256: '0'.repeat(64) })!)).toBeUndefined();
});
