/** The recipes of docs/ci.md are files that a CI server can read: what is wrong in one shows on the first night only. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { exitCodes } from './cli/exit-codes';
import { loadBench } from './config';

const page = readFileSync(resolve(__dirname, '../docs/ci.md'), 'utf8');
const blocks = [...page.matchAll(/```(\w+)\n# (\S+?):?(?: [^\n]*)?\n([\s\S]*?)```/g)].map(
  ([, language = '', name = '', text = '']) => ({ language, name, text }),
);
const named = (name: string): string => blocks.find((block) => block.name.endsWith(name))?.text ?? '';

const stepsOf = (name: string) =>
  Object.values(workflow.parse(parse(named(name))).jobs).flatMap(({ steps }) => steps);

const step = z.looseObject({ uses: z.string().optional(), run: z.string().optional() });
const workflow = z.object({
  name: z.string(),
  on: z.looseObject({}),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
  jobs: z.record(z.string(), z.looseObject({ 'runs-on': z.array(z.string()), steps: z.array(step).min(1) })),
});

describe('docs/ci.md', () => {
  const workflows = ['firmware.yml', 'pages.yml', 'voice-virtual.yml', 'live-night.yml', 'voice-gate.yml'];

  it.each(workflows)('has a workflow %s whose steps each do one thing', (name) => {
    const { jobs } = workflow.parse(parse(named(name)));
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    for (const { uses, run } of steps) expect([uses, run].filter((one) => one !== undefined)).toHaveLength(1);
  });

  it.each(['firmware.yml', 'live-night.yml', 'voice-gate.yml'])(
    'queues for the bench in %s, behind the others, and cancels nothing that runs there',
    (name) => {
      expect(workflow.parse(parse(named(name))).concurrency).toEqual({
        group: 'bench-lab-2',
        'cancel-in-progress': false,
      });
    },
  );

  it('asks a live provider by night only, for a number of turns that is named, and hands its cassette to the day', () => {
    const commandsOf = (name: string): string[] =>
      Object.values(workflow.parse(parse(named(name))).jobs).flatMap(({ steps }) =>
        steps.flatMap(({ run }) => run ?? []),
      );
    const night = commandsOf('live-night.yml').filter((run) => /earshot (run|probe)/.test(run));
    for (const run of night) expect(run).toMatch(/--(max-)?turns \d+/);
    const provider = (name: string) => (parse(named(name)) as { provider: Record<string, string> }).provider;
    const { kind, cassette } = provider('night.yaml');
    expect(kind).toBe('proxy');
    expect(provider('day.yaml')).toMatchObject({ kind: 'mock', replay: cassette });
    for (const name of workflows.filter((one) => one !== 'live-night.yml'))
      expect(named(name)).not.toMatch(/live:|night\.yaml|API_KEY/);
    const { on } = parse(named('voice-gate.yml')) as { on: object };
    expect(Object.keys(on)).toEqual(['pull_request']);
  });

  it('plays suites of the team on a bench file that the page shows', () => {
    const runs = stepsOf('voice-virtual.yml').flatMap(({ run }) => run?.match(/earshot run.*/) ?? []);
    expect(runs).toEqual([expect.stringMatching(/^earshot run --bench virtual\.yaml --suite \S+\.hil\.ts$/)]);
    const folder = mkdtempSync(join(tmpdir(), 'earshot-recipes-'));
    try {
      const path = join(folder, 'virtual.yaml');
      writeFileSync(path, named('virtual.yaml'));
      expect(loadBench(path).boards).toMatchObject([{ kind: 'virtual' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('publishes what the firmware job kept, with the Earshot of a checkout', () => {
    const [kept] = stepsOf('firmware.yml')
      .flatMap(({ run }) => run?.match(/cp -a bench\/reports\/\. (\S+?)\/?$/) ?? [])
      .slice(1);
    expect(kept).toMatch(/^\/srv\//);
    const pages = stepsOf('pages.yml');
    const published = pages.findIndex(({ run }) => run?.includes(`earshot publish --reports ${kept} `));
    const before = pages.slice(0, published).map(({ uses, run }) => uses ?? run);
    expect(before).toEqual([expect.stringMatching(/^actions\/checkout@/), 'npm ci']);
  });

  it('lets a GitLab job that decided nothing be yellow, and no other', () => {
    const { voice } = parse(named('.gitlab-ci.yml')) as {
      voice: { allow_failure: { exit_codes: number[] } };
    };
    const { benchFault, providerFault, inconclusive } = exitCodes;
    expect(voice.allow_failure.exit_codes).toEqual([benchFault, providerFault, inconclusive]);
  });

  it('has units of systemd whose every line is a section, a comment or a setting', () => {
    for (const name of ['earshot-night.service', 'earshot-night.timer']) {
      const lines = named(name)
        .split('\n')
        .filter((line) => line !== '');
      expect(lines.length).toBeGreaterThan(4);
      for (const line of lines) expect(line).toMatch(/^(\[[A-Z]\w+\]|#.*|[A-Z][A-Za-z]+=\S.*)$/);
      expect(lines[0]).toBe('[Unit]');
    }
    expect(named('earshot-night.service')).toContain(`SuccessExitStatus=${exitCodes.inconclusive}\n`);
  });
});
