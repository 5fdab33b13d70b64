import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineProvider, systemClock, type VoiceProvider } from '../../ports';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import { openPlugin } from './open-plugin';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-plugin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const moduleOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** What an utterance of the corpus says. */
function wordsOf(kind: 'prompts' | 'replies', utterance: string): string {
  const clip = [...smallCorpus()[kind].values()].find((one) => one.utterance === utterance);
  if (clip === undefined) throw new Error(`no ${utterance}`);
  return clip.transcript;
}

/** A provider that logs what it was told when it opens. */
const telling = `module.exports = {
  name: 'acme', protocol: 'acme-chat',
  async open({ options, host, port, utteranceOf, answerTo, log, clock }) {
    const utterance = utteranceOf(options.question);
    log({ type: 'request', responseId: 'r1', prompt: utterance, stream: false }, 12.5);
    log({ type: 'text-out', responseId: 'r1', text: answerTo(utterance) + ' / ' + answerTo(undefined), tokens: options.tokens });
    let closed = false;
    return { url: 'http://' + host + ':' + port, credentials: { apiKey: 'acme-key' }, close: async () => {
      if (closed) throw new Error('twice'); closed = true; } };
  },
};`;

const open = (name: string, ...plugins: string[]): Promise<VoiceProvider> =>
  openAt('127.0.0.1', name, plugins);

const openAt = (host: string, name: string, plugins: readonly string[]): Promise<VoiceProvider> =>
  openPlugin({
    plugins,
    name,
    options: { tokens: 7, question: wordsOf('prompts', 'en-joke') },
    scenario,
    corpus: smallCorpus(),
    clock: systemClock,
    host,
    port: 4711,
  });

it('opens a provider of a team, hands it what it needs, and logs its events in order', async () => {
  const provider = await open('acme', moduleOf('acme.js', telling));
  expect(provider).toMatchObject({
    name: 'plugin:acme',
    protocol: 'acme-chat',
    url: 'http://127.0.0.1:4711',
    credentials: { apiKey: 'acme-key' },
  });
  expect([...provider.events]).toMatchObject([
    { seq: 0, type: 'request', prompt: 'en-joke', hostAtMs: 12.5 },
    {
      seq: 1,
      type: 'text-out',
      text: `${wordsOf('replies', 'en-joke')} / ${wordsOf('replies', 'en-sorry')}`,
      tokens: 7,
    },
  ]);
  await expect(provider.expectTurn({ turnId: 't1' })).resolves.toBeUndefined();
  await provider.close();
});

it('takes the default export of a compiled ES module', async () => {
  const path = moduleOf(
    'esm.js',
    `${telling.replace('module.exports', 'exports.default')}\nexports.__esModule = true;`,
  );
  await (await open('acme', path)).close();
});

it('says which plugins there are when none has the name', async () => {
  await expect(open('acne', moduleOf('acme.js', telling))).rejects.toMatchObject({
    code: 'HIL_CONFIG_USAGE',
    message: 'No plugin provides acne; there is acme.',
  });
  await expect(open('acme')).rejects.toMatchObject({ message: 'No plugin provides acme; there is none.' });
});

it.each([
  ['throws as it is loaded', "throw new Error('no licence');", 'cannot be loaded: no licence'],
  ['is not there', undefined, 'cannot be loaded'],
  ['exports something else', 'module.exports = { name: "acme" };', 'expected what defineProvider() returns'],
])('refuses a module that %s', async (_, text, message) => {
  const path = text === undefined ? join(folder, 'none.js') : moduleOf('bad.js', text);
  await expect(open('acme', path)).rejects.toMatchObject({
    code: 'HIL_CONFIG_USAGE',
    message: expect.stringContaining(message) as string,
    facts: { path },
  });
});

it('tells what a plugin threw when it opened', async () => {
  const path = moduleOf(
    'late.js',
    telling.replace('const utterance', "throw new Error('port gone'); const utterance"),
  );
  await expect(open('acme', path)).rejects.toMatchObject({
    code: 'HIL_PROVIDER_UNREADY',
    message: 'The plugin acme did not open: port gone.',
  });
});

it('leaves a declaration as it is', () => {
  const plugin = { name: 'x', protocol: 'y', open: () => Promise.reject(new Error('never')) };
  expect(defineProvider(plugin)).toBe(plugin);
});

it('closes one again that the whole network can reach and that names no key', async () => {
  const keyed = moduleOf('keyed.js', telling);
  await (await openAt('0.0.0.0', 'acme', [keyed])).close();
  for (const credentials of ["credentials: { apiKey: '' },", '']) {
    const marked = telling.replace(
      'closed = true',
      "require('node:fs').writeFileSync(__filename + '.closed', '')",
    );
    const path = moduleOf(
      `open-${credentials.length}.js`,
      marked.replace("credentials: { apiKey: 'acme-key' },", credentials),
    );
    await expect(openAt('0.0.0.0', 'acme', [path])).rejects.toMatchObject({
      code: 'HIL_PROVIDER_OPEN_TO_ALL',
    });
    expect(existsSync(`${path}.closed`)).toBe(true);
    await (await openAt('127.0.0.1', 'acme', [path])).close();
  }
});
