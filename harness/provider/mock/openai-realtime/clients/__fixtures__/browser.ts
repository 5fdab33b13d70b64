/** A headless Chromium with a microphone that plays a file, on a page of loopback. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { writeWav } from '../../../../../audio';

/** Undefined: there is none. */
export const chromiumPath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

const agentsBundle = join(
  dirname(require.resolve('@openai/agents-realtime')),
  'bundle/openai-realtime-agents.umd.js',
);
const scripts: Readonly<Record<string, string>> = {
  '/call-page.js': join(__dirname, 'call-page.js'),
  '/capture-worklet.js': join(__dirname, 'capture-worklet.js'),
  '/agents.js': agentsBundle,
};
const html =
  '<!doctype html><title>call</title><link rel="icon" href="data:,"><script src="agents.js"></script><script type="module" src="call-page.js"></script>';

/** Chromium speaks to peers on loopback only when told so, and plays without being clicked. */
const flags = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
];

export interface CallBrowserOptions {
  /**
   * What the microphone hears when it is opened, mono at 24 000 Hz, once; then silence. Absent: the page may not open one, and
   * Chromium hides its addresses behind mDNS names.
   */
  readonly microphone?: Float32Array;
}

const microphoneFlags = (file: string): string[] => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-audio-capture=${file}%noloop`,
];

export class CallBrowser {
  /** What the page complained of. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    private readonly server: Server,
    private readonly folder: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  static async open({ microphone }: CallBrowserOptions = {}): Promise<CallBrowser> {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-browser-'));
    const file = join(folder, 'microphone.wav');
    if (microphone !== undefined) writeFileSync(file, writeWav({ samples: microphone, rateHz: 24_000 }));
    const server = createServer(({ url = '/' }, response) => {
      const script = scripts[url];
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
      response.end(script === undefined ? html : readFileSync(script));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: [...flags, ...(microphone === undefined ? [] : microphoneFlags(file))],
    });
    const page = await browser.newPage();
    const opened = new CallBrowser(browser, page, server, folder);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return opened;
  }

  /** Has the page go through one of the flows of call-page.js. */
  run<T>(flow: string, options: unknown): Promise<T> {
    return this.page.evaluate(`flows.${flow}(${JSON.stringify(options)})`);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
