import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LongJob } from './long-job';
import { runLongJob } from './run-long-job';
import { scriptJob } from './script-job';
import { sourcesKey } from './sources-key';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-long-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Squares three numbers, and notes which it was asked for. */
function squares(key = 'v1', failAt?: string) {
  const asked: string[] = [];
  const job: LongJob = {
    name: 'squares',
    title: 'squares',
    key,
    parts: ['1', '2', '3'],
    run(part) {
      if (part === failAt) return Promise.reject(new Error(`part ${part} broke`));
      asked.push(part);
      return Promise.resolve(Number(part) ** 2);
    },
    finish(results) {
      const value = [...results.values()].reduce<number>((sum, one) => sum + (one as number), 0);
      return { targets: [{ name: 'sum', value, unit: '', bound: '<= 20', ok: value <= 20 }] };
    },
  };
  return { job, asked };
}

const stored = (): unknown => JSON.parse(readFileSync(join(folder, 'squares.json'), 'utf8'));

describe('runLongJob', () => {
  it('runs every part and writes the report', async () => {
    const { job, asked } = squares();
    const seen: string[] = [];
    const report = await runLongJob(job, {
      folder,
      onPart: ({ part, state, finished, parts }) => seen.push(`${part} ${state} ${finished}/${parts}`),
    });
    expect(asked).toEqual(['1', '2', '3']);
    expect(seen).toEqual(['1 done 1/3', '2 done 2/3', '3 done 3/3']);
    expect(report.targets[0]).toMatchObject({ value: 14, ok: true });
    expect(stored()).toEqual(report);
  });

  it('goes on where it was broken off, and has no report until then', async () => {
    const broken = squares('v1', '3');
    await expect(runLongJob(broken.job, { folder })).rejects.toThrow('part 3 broke');
    expect(broken.asked).toEqual(['1', '2']);
    expect(existsSync(join(folder, 'squares.json'))).toBe(false);
    const { job, asked } = squares();
    const report = await runLongJob(job, { folder });
    expect(asked).toEqual(['3']);
    expect(report.targets[0]!.value).toBe(14);
  });

  it('stops at an abort between parts and keeps what is finished', async () => {
    const { job } = squares();
    const controller = new AbortController();
    const run = runLongJob(job, {
      folder,
      signal: controller.signal,
      onPart: ({ part }) => {
        if (part === '2') controller.abort(new Error('interrupted'));
      },
    });
    await expect(run).rejects.toThrow('interrupted');
    const again = squares();
    await runLongJob(again.job, { folder });
    expect(again.asked).toEqual(['3']);
  });

  it('does everything again when asked to, and when the key is another', async () => {
    await runLongJob(squares().job, { folder });
    const fresh = squares();
    await runLongJob(fresh.job, { folder, fresh: true });
    expect(fresh.asked).toEqual(['1', '2', '3']);
    const changed = squares('v2');
    await runLongJob(changed.job, { folder });
    expect(changed.asked).toEqual(['1', '2', '3']);
    const same = squares('v2');
    await runLongJob(same.job, { folder });
    expect(same.asked).toEqual([]);
  });

  it('does a part again whose file is torn', async () => {
    await runLongJob(squares().job, { folder });
    writeFileSync(join(folder, 'squares', '2.json'), '{"schema":"earshot/lo');
    const { job, asked } = squares();
    await runLongJob(job, { folder });
    expect(asked).toEqual(['2']);
  });
});

describe('sourcesKey', () => {
  it('changes with a content and with a name, and with nothing else', () => {
    writeFileSync(join(folder, 'a.js'), 'one');
    const key = sourcesKey(folder, ['a.js']);
    expect(sourcesKey(folder, ['a.js'])).toBe(key);
    writeFileSync(join(folder, 'b.txt'), 'two');
    expect(sourcesKey(folder, ['.'], (path) => path.endsWith('.js'))).toBe(key);
    expect(sourcesKey(folder, ['.'])).not.toBe(key);
    writeFileSync(join(folder, 'a.js'), 'three');
    expect(sourcesKey(folder, ['a.js'])).not.toBe(key);
  });
});

describe('scriptJob', () => {
  const script = (text: string): LongJob => {
    writeFileSync(join(folder, 'job.mjs'), text);
    return scriptJob({
      name: 'script',
      title: 'script',
      root: folder,
      script: 'job.mjs',
      args: ['7'],
      resume: 'kept/script-*.jsonl',
      output: 'out.json',
      sources: [],
    });
  };
  const writes = `import { writeFileSync } from 'node:fs';
const value = Number(process.argv[2]);
writeFileSync('out.json', JSON.stringify({ targets: [{ name: 'n', value, unit: '', bound: '<= 5', ok: value <= 5 }] }));`;

  it('keeps what a script wrote, also when it missed a target', async () => {
    const report = await runLongJob(script(`${writes}\nprocess.exitCode = 1;`), { folder });
    expect(report.targets).toEqual([{ name: 'n', value: 7, unit: '', bound: '<= 5', ok: false }]);
  });

  it('takes a crash for no result, and what an earlier run wrote neither', async () => {
    writeFileSync(join(folder, 'out.json'), '{"targets":[]}');
    await expect(runLongJob(script('process.exitCode = 3;'), { folder })).rejects.toThrow('ended with 3');
    await expect(runLongJob(script(''), { folder })).rejects.toThrow('out.json');
  });

  it('hands a script that was broken off what it had kept, and another script none of it', async () => {
    const counts = (comment: string): string => `// ${comment}
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[process.argv.indexOf('--resume') + 1];
appendFileSync(file, 'x');
const value = readFileSync(file, 'utf8').length;
if (value < 2) process.exit(9);
writeFileSync('out.json', JSON.stringify({ targets: [{ name: 'n', value, unit: '', bound: '<= 5', ok: true }] }));`;
    await expect(runLongJob(script(counts('one')), { folder })).rejects.toThrow('ended with 9');
    await expect(runLongJob(script(counts('two')), { folder })).rejects.toThrow('ended with 9');
    const report = await runLongJob(script(counts('one')), { folder });
    expect(report.targets[0]).toMatchObject({ value: 2 });
  });
});
