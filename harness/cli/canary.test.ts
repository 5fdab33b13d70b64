/**
 * Canary secrets go into everything that a run takes in, and everything that it puts out is searched for them, in any dress in which they
 * may come. `secrets.e2e.ts` does the same with a whole process and fewer of them.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FileSystemWriter } from 'allure-js-commons/sdk/reporter';
import { readEnvironment } from '../config';
import { ConfigError, ProviderError, toWireError } from '../errors';
import { maskingWriter } from '../jest/environment/masking-writer';
import type { Finding } from '../ports';
import {
  githubAnnotations,
  gitlabCodeQuality,
  renderBadge,
  renderConsole,
  renderGate,
  renderHistory,
  trendsOf,
} from '../report';
import {
  addFindings,
  addTests,
  createRedactor,
  createRunStore,
  readRun,
  storeVerdict,
  type Redactor,
  type TestRecord,
} from '../run';
import { describeError } from './describe-error';
import { masked } from './masked-output';
import { writeReports } from './write-reports';

/** What the environment says is secret; awkward to write in JSON, URLs and HTML. */
const told = {
  OPENAI_API_KEY: 'canary-one-"quoted"\\and/slashed',
  LAB_WIFI_PSK: 'canary two <b>&amp; blanks',
  SPARK_API_SECRET: 'kanarienvögel-drei-鸟',
  // Secret by EARSHOT_SECRETS, as a bench file names them.
  BENCH_DOOR: 'canary.four.of.the.bench',
} as const;
const canaries = Object.values(told);

/** Secrets that nobody has told, known by what leads up to them. */
const guessed = {
  'esp> wifi LabNet canary-wifi-command': 'canary-wifi-command',
  '>>> wlan.connect("LabNet", "canary-wifi-call")': 'canary-wifi-call',
  'I (900) wifi: SSID:Lab password:canary-wifi-log': 'canary-wifi-log',
  'Authorization: Bearer canary-bearer.abc': 'canary-bearer.abc',
  'x-auth-token: canary-iam-token': 'canary-iam-token',
  'set-cookie: sid=canary-cookie; Path=/': 'canary-cookie',
  'a=ice-pwd:canaryIcePassword00000000': 'canaryIcePassword00000000',
  'user:Rw1z psw:canaryTurnPassword': 'canaryTurnPassword',
  '{"client_secret":"canary-client-secret"}': 'canary-client-secret',
  '{"value":"ek_canary0123456789abcdef"}': 'ek_canary0123456789abcdef',
  'GET wss://spark/v3.1/chat?authorization=canaryU2lnbmVk&date=1': 'canaryU2lnbmVk',
  'PUT https://s3/x?X-Amz-Signature=canary0a1b2c': 'canary0a1b2c',
  'redis://queue:canary-in-url@10.0.0.7:6379': 'canary-in-url',
} as const;

const inJson = (text: string): string => JSON.stringify(text);
/** One text with every canary in every dress. */
const dressed = canaries.flatMap((secret) => [
  secret,
  inJson({ key: secret } as never),
  inJson(inJson(secret)),
  inJson(secret).replaceAll('/', '\\/'),
  inJson(secret).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  `https://x/?q=${encodeURIComponent(secret)}&r=${new URLSearchParams({ v: secret }).toString()}`,
  `Basic: ${Buffer.from(`user:${secret}`).toString('base64')}`,
]);
const everything = [...dressed, ...Object.keys(guessed)];

const byteOf = (escape: string): string => String.fromCharCode(parseInt(escape.slice(1), 16));

/** Secrets that may be read in a text, whatever dress they are in. */
function readableIn(text: string): string[] {
  const plain = text.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const bare = [
    plain,
    plain.replaceAll('\\', ''),
    plain.replaceAll('+', ' ').replace(/%[0-9a-f]{2}/gi, byteOf),
  ];
  const base64 = [...text.matchAll(/[A-Za-z0-9+/]{16,}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('utf8'),
  );
  const entities = plain.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  const shown = [...bare, ...base64, entities, utf8, Buffer.from(bare[2]!, 'latin1').toString('utf8')].join(
    '\n',
  );
  return [...canaries, ...Object.values(guessed)].filter(
    (secret) => shown.includes(secret) || shown.includes(secret.replaceAll('\\', '')),
  );
}

const sample = readRun(resolve(__dirname, '../../fixtures/runs/sample'));

/** A run whose board, provider, suites and errors let everything slip. Gives back its folder. */
async function play(reportsPath: string, redactor: Redactor): Promise<string> {
  const { record: of, verdict } = sample;
  const store = createRunStore({
    reportsPath,
    redactor,
    nowIso: '2026-11-22T06:00:00Z',
    record: { ...of, bench: { name: 'virtual', path: everything.join(' ') } },
  });
  const console = store.consoleSink('atom');
  const bytes = Buffer.from(everything.map((line) => `I (1) ${line}\r\n`).join(''));
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 11) + 1)
    console.bytes(bytes.subarray(at, at + size), at);
  everything.forEach((text, index) =>
    console.line({ index, text, boot: 1, hostAtMs: index, byteOffset: index * 80 }),
  );
  const root = new Error(`connect: ${everything.join(' ')}`);
  const middle = new ConfigError(
    'HIL_CONFIG_USAGE',
    canaries.join(' '),
    { headers: everything },
    { cause: root },
  );
  const error = toWireError(
    new ProviderError(
      'HIL_PROVIDER_REFUSED',
      dressed.join(' '),
      { body: { deep: [everything] } },
      { cause: middle },
    ),
  );
  const asArguments = Object.fromEntries(
    canaries.map((secret) => [secret, { psk: [secret], nested: dressed }]),
  );
  const calls = {
    type: 'function-call',
    name: 'JoinWifi',
    arguments: asArguments,
    boot: 1,
    lineIndex: 0,
  } as const;
  store.appendEvent('board', { ...calls, hostAtMs: 1 });
  store.appendEvent('provider', {
    hostAtMs: 2,
    ...{ type: 'error', code: 'refused', message: everything.join('\n') },
    headers: { authorization: canaries, 'set-cookie': [canaries[0]], password: 12_345_678 },
  });
  const [turn] = sample.turns;
  if (turn === undefined || turn.record.kind === 'text') throw new Error('the sample has no spoken turn');
  const record = {
    ...turn.record,
    prompt: { ...turn.record.prompt, transcript: everything.join(' ') },
    consoleLines: everything.map((text, index) => ({ index, text, boot: 1, hostAtMs: index, byteOffset: 0 })),
    boardEvents: [...turn.record.boardEvents, { ...calls, hostAtMs: 3 }],
    faults: [error],
  };
  await store.appendTurn({ ...turn, record } as never);
  const finding: Finding = {
    ...{ code: 'HIL_PROVIDER_REFUSED', origin: 'provider', message: everything.join(' ') },
    ...{ facts: { error, asArguments }, hostAtMs: 5, turnId: turn.record.turnId },
  };
  store.appendFinding(finding);
  const test: TestRecord = {
    schema: 'earshot/test@1',
    ...{ file: 'leak.hil.ts', name: ['leaks', canaries.join(' ')], status: 'failed' as const, durationMs: 1 },
    ...{ failures: [everything.join('\n')], turnIds: [turn.record.turnId] },
  };
  store.appendTest(test);
  const nvs = Buffer.concat([
    Buffer.alloc(32, 0xff),
    ...canaries.map((secret) => Buffer.from(`psk\0${secret}\0`)),
  ]);
  store.saveBytes('atom/core-dumps/core-1.bin', nvs, { mode: 0o600, isImage: true });
  await store.close();
  addFindings(store.path, [finding], redactor);
  addTests(store.path, [test], redactor);
  const findings = [finding, ...(verdict?.findings ?? [])];
  const judged = { ...verdict!, findings, why: everything.join(' ') };
  storeVerdict(store.path, { record: store.record, verdict: judged, endedAtHostMs: 9_000 }, redactor);

  const allure = maskingWriter(
    new FileSystemWriter({ resultsDir: join(store.path, 'allure-results') }),
    redactor,
  );
  const status = { message: everything.join('\n'), trace: dressed.join('\n') };
  const parameters = canaries.map((value) => ({ name: value, value }));
  allure.writeResult({ uuid: 'u1', name: canaries[0], statusDetails: status, parameters } as never);
  allure.writeEnvironmentInfo(Object.fromEntries(Object.entries(told)));
  for (const name of ['console.txt', 'wire.log', 'facts.json', 'broken.json', 'nvs.bin'])
    allure.writeAttachment(name, name === 'facts.json' ? Buffer.from(inJson(asArguments as never)) : bytes);
  const attached = join(reportsPath, 'attached.csv');
  writeFileSync(attached, everything.join(','));
  allure.writeAttachmentFromPath('attached.csv', attached);
  rmSync(attached);
  return store.path;
}

/** Everything that a run puts out, by what it is. */
function outputsOf(path: string): Map<string, string> {
  const run = readRun(path);
  writeReports(run, { language: 'en' });
  const history = [{ path, record: { ...run.record, outcome: 'fail' as const }, verdict: run.verdict }];
  const [trend] = trendsOf(history);
  const outputs = new Map<string, string>([
    ['terminal', renderConsole(run)],
    ['gate', renderGate(run, run.verdict!, { written: path })],
    ['github', githubAnnotations(run.verdict!)],
    ['gitlab', gitlabCodeQuality(run.verdict!, path)],
    ['history', renderHistory(history, trendsOf(history), { linkOf: () => 'x' })],
    ['badge', renderBadge(trend)],
  ]);
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      outputs.set(entry.name, `${readFileSync(join(entry.parentPath, entry.name), 'utf8')}\n${entry.name}`);
  return outputs;
}

describe('canaries', () => {
  const reports = (): string => mkdtempSync(join(tmpdir(), 'earshot-canary-'));
  const env = { ...told, EARSHOT_SECRETS: 'SOMETHING_ELSE, BENCH_DOOR' };

  it('are in nothing that a run puts out, whichever way they came in', async () => {
    const folder = reports();
    const outputs = outputsOf(await play(folder, createRedactor(readEnvironment(env).secrets)));
    expect([...outputs.keys()]).toEqual(
      expect.arrayContaining([
        ...['run.json', 'events.jsonl', 'turns.jsonl', 'console.log', 'console.jsonl', 'verdict.json'],
        ...[
          'report.html',
          'junit.xml',
          'summary.md',
          'core-1.bin',
          'u1-result.json',
          'attached.csv',
          'nvs.bin',
        ],
      ]),
    );
    expect(
      [...outputs].map(([name, text]) => [name, readableIn(text)]).filter(([, found]) => found!.length > 0),
    ).toEqual([]);
    // What is no secret is still there.
    expect(outputs.get('console.log')).toContain('SSID:Lab password:***');
    expect(outputs.get('core-1.bin')).toMatch(/psk\0\*+\0/);
    rmSync(folder, { recursive: true });
  });

  it('would be in all of it without masks', async () => {
    const folder = reports();
    const nothing: Redactor = {
      ...createRedactor(),
      ...{ text: (text) => text, value: (value) => value, bytes: (bytes) => Buffer.from(bytes) },
      stream: () => ({ push: (bytes: Buffer) => bytes, end: () => Buffer.alloc(0) }) as never,
    };
    const outputs = outputsOf(await play(folder, nothing));
    const all = [...canaries, ...Object.values(guessed)];
    for (const name of [
      'run.json',
      'events.jsonl',
      'turns.jsonl',
      'console.log',
      'verdict.json',
      'report.html',
    ])
      expect([name, readableIn(outputs.get(name) ?? '')]).toEqual([name, all]);
    for (const name of ['junit.xml', 'summary.md', 'terminal', 'github', 'u1-result.json', 'core-1.bin'])
      expect([name, readableIn(outputs.get(name) ?? '').length > 0]).toEqual([name, true]);
    rmSync(folder, { recursive: true });
  });

  it('are in no error that the terminal shows', () => {
    const cause = new Error(`handshake ${everything.join(' ')}`);
    const facts = { problems: everything, stderr: dressed.join('\n'), near: canaries };
    const error = new ConfigError('HIL_CONFIG_USAGE', canaries.join(' '), facts, { cause });
    jest.replaceProperty(process, 'env', { ...process.env, ...env });
    const shown = masked(describeError(error));
    jest.restoreAllMocks();
    expect(shown).toContain('***');
    expect(readableIn(shown)).toEqual([]);
  });
});
