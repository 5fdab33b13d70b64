import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ANY_SUITES, openBundleStore, type BundleStore, type OwnSuites } from '../../fleet';
import { chooseSuites, hashOfSuites, offeredSuites, putSuites, suitesOfUnit } from './own-suites';

let folder: string;
let project: string;
let bundles: BundleStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-own-suites-'));
  bundles = openBundleStore(pathToFileURL(join(folder, 'store')).href);
  project = join(folder, 'project');
  write('lamp.hil.ts', 'import { blue } from "./helpers/colours";');
  write('door/door.hil.ts', 'a door');
  write('helpers/colours.ts', 'export const blue = 1;');
  write('node_modules/left-pad/index.js', 'no');
  write('.env', 'KEY=secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
}

describe('suites that are asked for', () => {
  it('are names, files and folders as earshot run takes them, and all of a release where none is', () => {
    expect(chooseSuites(['boot', 'gate', 'prompt-level'])).toMatchObject({ folder: undefined });
    expect(chooseSuites([]).suites).toContain('latency');
    expect(chooseSuites([]).suites).not.toContain('prompt-level');
    const lamp = join(project, 'lamp.hil.ts');
    const door = join(project, 'door');
    expect(chooseSuites([lamp])).toEqual({ suites: ['./lamp.hil.ts'], folder: project });
    expect(chooseSuites([door])).toEqual({ suites: ['./door.hil.ts'], folder: door });
    expect(chooseSuites([door, 'boot', lamp, lamp])).toEqual({
      suites: ['./door/door.hil.ts', 'boot', './lamp.hil.ts'],
      folder: project,
    });
    expect(() => chooseSuites(['latincy'])).toThrow(/no suite "latincy".*latency/);
  });
});

describe('a folder of suites', () => {
  it('is known by what would travel of it, wherever it lies', () => {
    const hash = hashOfSuites(project);
    const elsewhere = join(folder, 'checkout');
    cpSync(project, elsewhere, { recursive: true });
    expect(hashOfSuites(elsewhere)).toBe(hash);
    rmSync(join(elsewhere, 'node_modules'), { recursive: true });
    rmSync(join(elsewhere, '.env'));
    expect(hashOfSuites(elsewhere)).toBe(hash);
    expect(offeredSuites({ folder: elsewhere, any: false })).toEqual([hash]);
    expect(offeredSuites({ folder: elsewhere, any: true })).toEqual([ANY_SUITES]);
    expect(offeredSuites({ folder: undefined, any: false })).toBeUndefined();
    writeFileSync(join(elsewhere, 'helpers/colours.ts'), 'export const blue = 2;');
    expect(hashOfSuites(elsewhere)).not.toBe(hash);
  });

  it('is refused with links, with too much in it, and where there is none', () => {
    expect(() => offeredSuites({ folder: join(folder, 'nowhere'), any: false })).toThrow(/nowhere is none/);
    symlinkSync('/etc/passwd', join(project, 'helpers/link.ts'));
    expect(() => hashOfSuites(project)).toThrow(/helpers\/link\.ts is no plain file/);
    rmSync(join(project, 'helpers/link.ts'));
    write('prompts.wav', 'x'.repeat((16 << 20) + 1));
    expect(() => hashOfSuites(project)).toThrow(/give them a folder of their own/);
  });
});

describe('suites of a unit', () => {
  let own: OwnSuites;
  let into: string;
  beforeEach(async () => {
    own = await putSuites(project, bundles);
    into = join(folder, 'bench', 'suites');
  });

  const asked = (suites: readonly string[], offered: readonly string[] | undefined, more?: OwnSuites) =>
    suitesOfUnit({ suites, ...(more === undefined ? {} : { own: more }) }, into, offered, bundles);

  it.each(['these', 'any'])('are played where the agent was told to play %s', async (way) => {
    const offered = way === 'any' ? [ANY_SUITES] : [own.sha256];
    const lamp = join(into, 'lamp.hil.ts');
    // Again over what is there, as after a process that was killed.
    for (let times = 0; times < 2; times++)
      expect(await asked(['boot', './lamp.hil.ts'], offered, own)).toEqual({ suites: ['boot', lamp] });
    expect(hashOfSuites(into)).toBe(own.sha256);
  });

  it('are names alone for an agent that was told nothing', async () => {
    expect(await asked(['boot', 'latency'], undefined)).toEqual({ suites: ['boot', 'latency'] });
    for (const offered of [undefined, ['another']])
      expect(await asked(['./lamp.hil.ts'], offered, own)).toEqual({
        refusal: expect.stringContaining('not told to play'),
      });
  });

  it.each(['../project/lamp.hil.ts', '/etc/passwd', 'lamp.hil.ts', '.'])(
    'are never %j, be it there or not',
    async (suite) => {
      const refused = { refusal: expect.stringContaining('which it does not have') };
      expect(await asked([suite], [ANY_SUITES], own)).toEqual(refused);
    },
  );

  it.each(['./../project/lamp.hil.ts', './door/../lamp.hil.ts', './helpers/colours.ts', './lamb.hil.ts'])(
    'are no %j of the folder',
    async (suite) => {
      const refused = { refusal: `was given no suite ${suite}` };
      expect(await asked([suite], [ANY_SUITES], own)).toEqual(refused);
    },
  );

  it('are not played where others came than were announced', async () => {
    write('lamp.hil.ts', 'something else');
    const { bundle } = await putSuites(project, bundles);
    expect(await asked(['./lamp.hil.ts'], [own.sha256], { ...own, bundle })).toEqual({
      refusal: expect.stringContaining('other suites'),
    });
  });
});
