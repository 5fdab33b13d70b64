/**
 * A bench that does not open, and an image that is not what runs: the run says why, and who is at fault; and nothing is left. Firmware
 * that fails its board is in the rows of the fault matrix.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openSerialPort } from '../board';
import { describeApp, someApp } from '../board/esp32s3/image/__fixtures__/build-image';
import { openTestPty } from '../board/__fixtures__/test-pty';
import { systemClock } from '../ports';
import { latestRunPath, readRun } from '../run';
import { temporaryFolder, writeBench, writeSerialBench } from './__fixtures__/bench-files';
import { codesOf, runToTheEnd } from './__fixtures__/marked-run';
import { runEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const oneTurn = ['--suite', 'conversation', '--grep', 'weather \\(en\\)'];

describe('a bench that does not open ends with exit code 3, and the run says why', () => {
  it('a serial port that is not there', async () => {
    const ended = await runToTheEnd(['--bench', writeSerialBench('/dev/ttyNONE0'), ...oneTurn]);
    expect(codesOf(ended)).toEqual(['HIL_BOARD_PORT_MISSING']);
    expect(ended.summary.why).toMatch(/\/dev\/ttyNONE0/);
    expect(ended.exitCode).toBe(3);
    expect(readRun(ended.summary.runPath)).toMatchObject({ aborted: false, verdict: { exitCode: 3 } });
  });

  it('a serial port that is not there, in plain Jest: the run is judged and reported as well', async () => {
    const reports = temporaryFolder();
    const env = { HIL_BENCH: writeSerialBench('/dev/ttyNOPE'), EARSHOT_REPORTS: reports };
    const { exitCode, stdout } = await runEarshot(['bench-for-jest'], env);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/NOT JUDGED .*ttyNOPE/s);
    const { aborted, record, findings } = readRun(latestRunPath(reports) ?? '');
    expect({ aborted, outcome: record.outcome }).toEqual({ aborted: false, outcome: 'not-judged' });
    expect(findings.map(({ code }) => code)).toEqual(['HIL_BOARD_PORT_MISSING']);
  });

  it('a serial port that somebody else holds', async () => {
    const pty = openTestPty();
    const held = await openSerialPort({ path: pty.path, baudRate: 115_200, clock: systemClock });
    try {
      const ended = await runToTheEnd(['--bench', writeSerialBench(pty.path), ...oneTurn]);
      expect(codesOf(ended)).toEqual(['HIL_BOARD_PORT_BUSY']);
      expect(ended.summary.why).toContain(`process ${process.pid}`);
      expect(ended.exitCode).toBe(3);
    } finally {
      await held.close();
      pty.close();
    }
  });

  it('a provider port that is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    try {
      const ended = await runToTheEnd(['--bench', writeBench([`provider: { port: ${port} }`]), ...oneTurn]);
      expect(codesOf(ended)).toEqual(['HIL_PROVIDER_PORT_TAKEN']);
      expect(ended.summary.why).toContain(String(port));
      expect(ended.exitCode).toBe(3);
    } finally {
      squatter.close();
    }
  });
});

describe('an image under test that is not what runs', () => {
  const benchWith = (image: string): string =>
    writeBench([], [`  - { name: board-1, kind: virtual, image: ${image} }`]);
  const imageOf = (elfSha256: string): string => {
    const path = join(temporaryFolder(), 'app.bin');
    writeFileSync(path, someApp(describeApp({ project: 'realtime_ws', version: '1.0.0', elfSha256 })));
    return path;
  };

  it('is nobody’s failure: the run is not judged', async () => {
    const ended = await runToTheEnd(['--bench', benchWith(imageOf('ff'.repeat(32))), ...oneTurn]);
    expect(codesOf(ended)).toEqual(['HIL_BOARD_OTHER_FIRMWARE']);
    expect(ended.summary).toMatchObject({ outcome: 'not-judged' });
    expect(ended.summary.why).toMatch(/is not the image under test, .*app\.bin/);
    expect(ended.exitCode).toBe(3);
  });

  it('is a matter of the bench file when it is no image', async () => {
    const ended = await runEarshot(['run', '--bench', benchWith(__filename), ...oneTurn]);
    expect(ended.stderr + ended.stdout).toMatch(/is no ESP image at byte 0/);
    expect(ended.exitCode).toBe(2);
  });
});
