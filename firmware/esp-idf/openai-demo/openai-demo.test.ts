/** What can be held of the overlay without ESP-IDF: its C code on this machine, and that its files say what the README says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithGcc, run, sanitized, strict } from '../__fixtures__/host-gcc';

const overlay = __dirname;
const component = join(overlay, 'components', 'bench_provider');
const read = (path: string): string => readFileSync(join(overlay, path), 'utf8');

const VENDOR = 'https://api.openai.com';
const BENCH = 'https://bench.lan:8443';

const headers = [`-I${component}`, `-I${join(overlay, 'testing', 'stubs')}`];

describeWithGcc('the C component, compiled by gcc (skipped where there is none: apt-get install gcc)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-overlay-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const compile = (source: string, defines: readonly string[] = []): string => {
    const object = join(folder, `${source.replaceAll('/', '_')}.o`);
    run('gcc', [...strict, ...sanitized, ...headers, ...defines, '-c', join(overlay, source), '-o', object]);
    return object;
  };
  const inComponent = (name: string): string => `components/bench_provider/${name}`;

  describe('bench_url_rewrite', () => {
    let rewrite: (url: string, over?: { bench?: string; size?: number }) => string;
    beforeAll(() => {
      const program = join(folder, 'rewrite');
      const objects = [compile(inComponent('bench_url.c')), compile('testing/rewrite.c')];
      run('gcc', [...sanitized, ...objects, '-o', program]);
      rewrite = (url, { bench = BENCH, size = 256 } = {}) => run(program, [url, VENDOR, bench, String(size)]);
    });

    it.each([
      [
        'a request of the GA firmware',
        `${VENDOR}/v1/realtime/client_secrets`,
        `${BENCH}/v1/realtime/client_secrets`,
      ],
      ['one with a query', `${VENDOR}/v1/realtime?model=gpt-4o`, `${BENCH}/v1/realtime?model=gpt-4o`],
      ['a query without a path', `${VENDOR}?model=x`, `${BENCH}?model=x`],
      ['the origin alone', VENDOR, BENCH],
    ])('sends %s to the bench', (_name, url, expected) => {
      expect(rewrite(url)).toBe(expected);
    });

    it.each([
      ['another host that begins alike', 'https://api.openai.com.example.org/v1'],
      ['a user name that looks like the host', 'https://api.openai.com@example.org/v1'],
      ['another port', 'https://api.openai.com:8443/v1'],
      ['another scheme', 'http://api.openai.com/v1'],
      ['the vendor within a query', `https://example.org/?from=${VENDOR}/v1`],
      ['less than the origin', 'https://api.openai'],
      ['nothing', ''],
    ])('leaves %s alone', (_name, url) => {
      expect(rewrite(url)).toBe('other');
    });

    it('takes a bench behind a path, whatever slashes it ends with', () => {
      expect(rewrite(`${VENDOR}/v1`, { bench: 'http://gateway.lan/earshot//' })).toBe(
        'http://gateway.lan/earshot/v1',
      );
    });

    it('fills its buffer to the last byte and writes nothing when one is missing', () => {
      const size = `${BENCH}/v1`.length + 1;
      expect(rewrite(`${VENDOR}/v1`, { size })).toBe(`${BENCH}/v1`);
      expect(rewrite(`${VENDOR}/v1`, { size: size - 1 })).toBe('too long, untouched');
      expect(rewrite(`${VENDOR}/v1`, { size: 0 })).toBe('too long, untouched');
    });
  });

  describe('hooked into a program by the flags of its CMakeLists.txt', () => {
    /** What `target_link_libraries` is given, in the order of the file: of the HTTP client, and of codec_board. */
    const blocks = [...read(inComponent('CMakeLists.txt')).matchAll(/INTERFACE\s((?:\s+"-[^"]+")+)/g)].map(
      ([, flags = '']) => [...flags.matchAll(/"([^"]+)"/g)].flatMap(([, flag = '']) => flag.split(' ')),
    );

    /** Links as ESP-IDF does: every part is an archive, and codec_board stands before whoever uses it. */
    function build(name: string, url: string, board: string): (asked?: string) => string {
      const defines = [`-DCONFIG_BENCH_PROVIDER_URL="${url}"`, `-DCONFIG_BENCH_CODEC_BOARD="${board}"`];
      const archive = (label: string, sources: readonly string[]): string => {
        const path = join(folder, `lib${name}-${label}.a`);
        run('ar', ['rcs', path, ...sources.map((source) => compile(source, defines))]);
        return path;
      };
      const hooks = ['bench_url.c', 'wrap_http_client.c', ...(board === '' ? [] : ['wrap_codec_board.c'])];
      const codecBoard = archive('codec_board', ['testing/codec_board.c']);
      const demo = archive('demo', ['testing/demo.c']);
      const bench = archive('bench_provider', hooks.map(inComponent));
      const httpClient = archive('esp_http_client', ['testing/http_client.c']);
      const program = join(folder, name);
      const flags = board === '' ? (blocks[0] ?? []) : blocks.flat();
      const order =
        board === '' ? [demo, bench, httpClient, codecBoard] : [codecBoard, demo, bench, httpClient];
      run('gcc', [...sanitized, compile('testing/main.c'), ...flags, ...order, '-o', program]);
      return (asked) => run(program, asked === undefined ? [] : [asked]);
    }

    it('sends the request to the bench as it is but for its origin, and names the board', () => {
      const demo = build('hooked', BENCH, 'ATOMS3_ECHO_BASE');
      expect(demo(`${VENDOR}/v1/realtime/calls`)).toBe(
        [
          'board: ATOMS3_ECHO_BASE',
          `I BENCH_PROVIDER: ${BENCH} in place of ${VENDOR}`,
          `http: ${BENCH}/v1/realtime/calls, handler kept, data kept, 4096 bytes, 30000 ms`,
          `demo: client, still asks for ${VENDOR}/v1/realtime/calls`,
          '',
        ].join('\n'),
      );
      expect(demo('https://example.org/')).toMatch(/^http: https:\/\/example\.org\/, /m);
    });

    it('makes no request at all of a URL that does not fit, since the vendor would get it', () => {
      const said = build('narrow', BENCH, 'S3_Korvo_V2')(`${VENDOR}/${'x'.repeat(256)}`);
      expect(said).toMatch(/^E BENCH_PROVIDER: .* longer than 255 bytes/m);
      expect(said).toMatch(/^demo: no client/m);
      expect(said).not.toMatch(/^http:/m);
    });

    it('changes nothing where the bench names neither provider nor board', () => {
      const demo = build('plain', '', '');
      expect(demo(`${VENDOR}/v1`)).toMatch(/^board: MUSE_RADIO\nhttp: https:\/\/api\.openai\.com\/v1, /);
      expect(demo()).toMatch(/^http: -, /m);
    });
  });
});

describe('the overlay', () => {
  const fragments = readdirSync(overlay).filter((name) => name.startsWith('sdkconfig.'));
  const linesOf = (fragment: string): string[] =>
    read(fragment)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const assigned = fragments.flatMap((fragment) =>
    linesOf(fragment).map((line) => ({ fragment, line, option: line.split('=')[0] ?? '' })),
  );

  it('has fragments for every board, both boards and one bench', () => {
    expect(fragments).toEqual([
      'sdkconfig.80mhz',
      'sdkconfig.atoms3r',
      'sdkconfig.bench',
      'sdkconfig.korvo-2',
      'sdkconfig.site.example',
    ]);
  });

  it('assigns in its fragments as Kconfig reads it, each option once', () => {
    const odd = assigned.filter(({ line }) => !/^CONFIG_[A-Z0-9_]+=(y|n|\d+|"[^"\\]*")$/.test(line));
    expect(odd).toEqual([]);
    for (const fragment of fragments) {
      const options = linesOf(fragment).map((line) => line.split('=')[0]);
      expect(new Set(options).size).toBe(options.length);
    }
  });

  it('tells in the README what each line is for, and of no line that is not there', () => {
    const told = [...read('README.md').matchAll(/^\| `(CONFIG_\w+)` +\| ([^|]+?) +\|/gm)].flatMap(
      ([, option = '', files = '']) =>
        [...files.matchAll(/`([^`]+)`/g)].map(([, fragment = '']) => `${fragment} ${option}`),
    );
    expect(told.sort()).toEqual(assigned.map(({ fragment, option }) => `${fragment} ${option}`).sort());
  });

  it('declares the options that are its own, and uses each', () => {
    const declared = [...read('components/bench_provider/Kconfig').matchAll(/^ {4}config (\w+)$/gm)].map(
      ([, name = '']) => `CONFIG_${name}`,
    );
    const own = (text: string): string[] => text.match(/CONFIG_BENCH_\w+/g) ?? [];
    const sources = readdirSync(component).filter((name) => name.endsWith('.c'));
    const used = sources.flatMap((name) => own(readFileSync(join(component, name), 'utf8')));
    const set = assigned.flatMap(({ option }) => own(option));
    expect([...new Set(used)].sort()).toEqual([...declared].sort());
    expect([...new Set(set)].sort()).toEqual([...declared].sort());
  });

  it('writes the Wi-Fi where the demo looks for it', () => {
    const rows = read('wifi.csv.example').trimEnd().split('\n');
    expect(rows.map((row) => row.split(',').slice(0, 3).join(','))).toEqual([
      'key,type,encoding',
      'wifi-set,namespace,',
      'ssid,data,string',
      'psw,data,string',
    ]);
  });
});
