import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsOf, linesOf } from '../../__fixtures__/console-events';
import { consoleStream } from '../../__fixtures__/console-stream';
import * as publicApi from '../../../dialect-plugin';
import type { DialectPlugin } from '../../../ports';
import type { EventBody } from '../../event-body';
import { checkDialect } from './check-dialect';
import { loadDialects, ownDialect } from './own-dialect';

const { defineDialect, replayConsole } = publicApi;

const lamp: DialectPlugin = {
  name: 'lamp',
  firmware: 'our lamp',
  project: 'lamp',
  protocol: 'openai-realtime',
  capabilities: ['audio', 'SetLightState'],
  lines: [{ pattern: /^Lamp (on|off)$/, event: (state) => ({ type: 'light', on: state === 'on' }) }],
};

const bytesOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\r\n`).join(''));

const read = (plugin: DialectPlugin, ...lines: readonly string[]): readonly EventBody[] =>
  eventsOf(ownDialect(plugin), linesOf([bytesOf(lines)]));

describe('reading', () => {
  it('searches the words of a log line, and the whole of any other, by the first row that fits', () => {
    const plugin: DialectPlugin = {
      ...lamp,
      lines: [
        { pattern: /^NET: up$/g, event: { type: 'milestone', milestone: 'network' } },
        { pattern: /Lamp (on)?/, event: (on) => ({ type: 'light', on: on === 'on' }) },
        { pattern: /Lamp/, event: { type: 'complaint', text: 'never' } },
        { pattern: /^noise/, event: () => undefined },
      ],
    };
    expect(
      read(plugin, 'I (120) NET: up', 'W (13:00:00.120) NET: up', 'Lamp on', 'esp> Lamp ', 'noise', 'other'),
    ).toEqual([
      { type: 'milestone', milestone: 'network' },
      { type: 'milestone', milestone: 'network' },
      { type: 'light', on: true },
      { type: 'light', on: false },
    ]);
  });

  it('calls the reader anew for each boot, with what a log line says', () => {
    const plugin = defineDialect({
      ...lamp,
      lines: [],
      createReader() {
        let seen = 0;
        return ({ log, text }) => {
          seen += 1;
          return [{ type: 'complaint', text: `${seen} ${log?.level ?? '-'} ${log?.tag ?? text}` }];
        };
      },
    });
    expect(read(plugin, 'E (1) NET: down', 'plain', 'ESP-ROM:esp32s3-20210327')).toEqual([
      { type: 'complaint', text: '1 E NET' },
      { type: 'complaint', text: '2 - plain' },
      { type: 'complaint', text: '1 - ESP-ROM:esp32s3-20210327' },
    ]);
  });

  it('leaves out a line that a reset cut', () => {
    const plugin: DialectPlugin = {
      ...lamp,
      lines: [{ pattern: /Volume (\d+)/, event: (value) => ({ type: 'volume', value: Number(value) }) }],
    };
    const cut = Buffer.concat([bytesOf(['Volume 40']), Buffer.from('Volume 4ESP-ROM:esp32s3-20210327\r\n')]);
    expect(eventsOf(ownDialect(plugin), linesOf([cut]))).toEqual([{ type: 'volume', value: 40 }]);
  });
});

describe('mistakes of a dialect while it reads', () => {
  const failing = (lines: DialectPlugin['lines'], createReader?: DialectPlugin['createReader']) =>
    read(
      { ...lamp, lines, ...(createReader === undefined ? {} : { createReader }) },
      'Lamp on',
      'Lamp off',
      'other',
    );

  it('are told once, as those of the configuration, and the table reads on', () => {
    let asked = 0;
    const events = failing(lamp.lines, () => () => {
      asked += 1;
      throw new Error('no lamp');
    });
    expect(events).toMatchObject([
      { type: 'light', on: true },
      {
        type: 'reader-failed',
        error: {
          code: 'HIL_CONFIG_DIALECT',
          message: 'createReader of dialect lamp failed at the line "Lamp on": no lamp.',
          facts: { dialect: 'lamp', line: 'Lamp on' },
          cause: { message: 'no lamp' },
        },
      },
      { type: 'light', on: false },
    ]);
    expect(asked).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['no list', { type: 'light', on: true }, 'it gave back object; expected a list of events'],
    ['no event', ['light'], 'the event is "light"; expected an event'],
    ['an event of another type', [{ type: 'lamp' }], 'the event.type is "lamp"; expected one of milestone, '],
    [
      'a field of another kind',
      [{ type: 'light', on: 'yes' }],
      'the event.on is "yes"; expected true or false',
    ],
    [
      'a field too many',
      [{ type: 'session-ready', at: 3 }],
      'the event.at is no field of the event session-ready',
    ],
    [
      'a crash, which Earshot reads itself',
      [{ type: 'fault' }],
      'the event.type is "fault"; expected one of',
    ],
  ])('are what is %s', (_, given, message) => {
    const [told, ...more] = failing([], () => () => given as never);
    expect(told).toMatchObject({
      type: 'reader-failed',
      error: { message: expect.stringContaining(message) as string },
    });
    expect(more).toEqual([]);
  });

  it('in one row leave the other rows alone', () => {
    const bad = { pattern: /^Lamp on$/, event: () => JSON.parse('{') as never };
    expect(failing([bad, ...lamp.lines]).map(({ type }) => type)).toEqual(['reader-failed', 'light']);
  });
});

describe('checking', () => {
  const problems = (over: Readonly<Record<string, unknown>>): string => {
    try {
      checkDialect({ ...lamp, ...over }, 'lamp.js');
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      expect(code).toBe('HIL_CONFIG_DIALECT');
      return message.replace('The dialect of lamp.js is not right: ', '');
    }
    return '';
  };

  it('finds nothing wrong with a right one', () => expect(problems({})).toBe(''));

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [
      { name: 'our lamp' },
      'name is "our lamp"; expected letters, digits, ".", "_" and "-", beginning with a letter or a digit.',
    ],
    [{ firmware: undefined }, 'firmware missing; expected a text.'],
    [{ project: ' ' }, 'project is " "; expected a text that is not empty.'],
    [{ capabilities: 'audio' }, 'capabilities is "audio"; expected a list of capabilities.'],
    [{ capabilities: ['audio', 'sound'] }, 'capabilities[1] is "sound"; expected one of audio, greeting, '],
    [{ prompt: 'voice' }, 'prompt is "voice"; expected sound, command or boot.'],
    [{ startsByItself: 'yes' }, 'startsByItself is "yes"; expected true or false.'],
    [{ comands: {} }, 'comands is unknown; expected one of name, firmware, project, '],
    [{ commands: { stat: 'go' } }, 'commands.stat is unknown; expected one of start, stop, ask.'],
    [{ commands: { start: 'go\n' } }, 'commands.start is "go\\n"; expected a command: one line, not empty.'],
    [{ commands: { ask: 'ask' } }, 'commands.ask is "ask"; expected a function.'],
    [{ lines: undefined }, 'lines missing; expected a list of patterns and their events.'],
    [
      { lines: [{ pattern: 'Lamp', event: {} }] },
      'lines[0].pattern is "Lamp"; expected a regular expression.',
    ],
    [
      { lines: [{ pattern: /a/, event: { type: 'lamp' } }] },
      'lines[0].event.type is "lamp"; expected one of milestone, ',
    ],
    [
      { lines: [{ pattern: /a/, event: { type: 'light', on: 1 } }] },
      'lines[0].event.on is 1; expected true or false.',
    ],
    [{ createReader: [] }, 'createReader is []; expected a function.'],
    [
      { capabilities: ['audio', 'session-commands'] },
      'capabilities has session-commands; expected commands.start and commands.stop.',
    ],
    [
      { prompt: 'command', capabilities: ['text'] },
      'prompt is "command"; expected commands.ask, a function.',
    ],
    [{ capabilities: [] }, 'prompt is "sound"; expected audio among the capabilities.'],
    [{ prompt: 'boot' }, 'prompt is "boot"; expected text among the capabilities.'],
    [{ startsByItself: false }, 'startsByItself is false; expected commands.start.'],
    [{ unadvertised: ['OpenDoor'] }, 'unadvertised has "OpenDoor"; expected a function of capabilities.'],
  ])('says what is wrong with %j', (over, message) => {
    expect(problems(over)).toContain(message);
  });

  it('tells everything that is wrong at once', () => {
    expect(problems({ name: '', project: 3 })).toMatch(/^name is "".*\. project is 3; expected a text\.$/);
  });
});

describe('loading', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-dialect-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const moduleOf = (text: string): string => {
    const path = join(folder, 'plugin.js');
    writeFileSync(path, text);
    return path;
  };
  const lampText = (name: string) =>
    `({ name: '${name}', firmware: 'f', project: 'p', protocol: 'x', capabilities: ['audio'], lines: [], commands: { ask: () => 'a\\nb' } })`;

  it('takes dialects and leaves providers to others', () => {
    const dialect = moduleOf(`exports.__esModule = true; exports.default = ${lampText('lamp')};`);
    const provider = join(folder, 'provider.js');
    writeFileSync(provider, "module.exports = { name: 'acme', protocol: 'x', open() {} };");
    expect(loadDialects([provider, dialect]).map(({ description }) => description.name)).toEqual(['lamp']);
  });

  it.each([
    ["module.exports = { name: 'acme' };", 'HIL_CONFIG_USAGE', 'expected what defineDialect() returns'],
    ["throw new Error('no licence');", 'HIL_CONFIG_USAGE', 'cannot be loaded: no licence'],
    ['module.exports = { lines: [] };', 'HIL_CONFIG_DIALECT', 'name missing; expected a text'],
    [`module.exports = ${lampText('realtime-ws')};`, 'HIL_CONFIG_DIALECT', 'which Earshot has already'],
  ])('refuses %s', (text, code, message) => {
    const load = () => loadDialects([moduleOf(text)]);
    expect(load).toThrow(message);
    expect(load).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('refuses a question that would be two commands', () => {
    const [dialect] = loadDialects([moduleOf(`module.exports = ${lampText('lamp')};`)]);
    expect(() => dialect?.askCommand?.('x')).toThrow(
      'commands.ask of dialect lamp gave back "a\\nb"; expected a command: one line, not empty.',
    );
  });
});

describe('the example of the documentation', () => {
  const folder = join(__dirname, '../../../../fixtures/example-project');
  const source = readFileSync(join(folder, 'xiaozhi-dialect.js'), 'utf8');
  const page = readFileSync(join(__dirname, '../../../../docs/own-dialect.md'), 'utf8');

  /** As a team's project loads it, where the package has its name. */
  const xiaozhi = (): DialectPlugin => {
    const module: { exports: unknown } = { exports: undefined };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a module of another project
    const load = new Function('require', 'module', source) as (...args: unknown[]) => void;
    load((name: string) => (name === 'earshot/dialect' ? publicApi : undefined), module);
    return module.exports as DialectPlugin;
  };

  it('is what the page shows, and so is its test', () => {
    expect(page).toContain(source);
    expect(page).toContain(readFileSync(join(folder, 'xiaozhi-dialect.test.js'), 'utf8'));
  });

  it('reads a conversation of xiaozhi-esp32, boot and identity included', () => {
    const events = replayConsole(xiaozhi(), consoleStream('xiaozhi.log'));
    const outline = events.map((event) => {
      if (event.type === 'milestone') return event.milestone;
      return 'text' in event ? `${event.type}: ${event.text}` : event.type;
    });
    expect(outline).toEqual([
      'boot',
      'firmware',
      'app',
      'network',
      'tools-declared',
      'tools-declared',
      'heap',
      'connecting',
      'session-ready',
      'user-transcript: 把音量调到四十',
      'complaint: tools/call: Unknown tool: self.lamp.turn_on',
      'transcript: 好的，音量已经调到四十。',
      'transcript: 还有什么需要吗？',
      'complaint: Invalid state transition: listening -> upgrading',
      'complaint: Alert [sad] Error: Server timeout',
      'heap',
      'session-ended',
    ]);
    expect(events.find(({ type }) => type === 'transcript')).toMatchObject({ deviceAtMs: 15480, boot: 1 });
  });

  it('says in a test what its functions throw', () => {
    const read = (): never => {
      throw new Error('no lamp');
    };
    const broken: DialectPlugin = { ...lamp, createReader: () => read };
    expect(() => replayConsole(broken, 'x\n')).toThrow('createReader of dialect lamp failed at the line "x"');
    expect(() => replayConsole({ ...lamp, name: '' }, 'x\n')).toThrow(
      'The dialect of this test is not right',
    );
  });
});
