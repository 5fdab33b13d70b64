// Measures the mock provider beside a bare `ws` echo and writes reports/bench/provider.json. Exits 1 when a target is missed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
const { benchProvider } = require(at('dist/harness/provider/bench/provider-bench.js'));
const { loadScenario } = require(at('dist/harness/config/index.js'));
const { loadCorpus } = require(at('dist/harness/corpus/index.js'));

const corpus = loadCorpus(at('fixtures'));
const scenario = loadScenario(at('fixtures/scenarios/voice-assistant.yaml'));
const prompts = [...corpus.prompts.values()].filter(({ recognisable }) => recognisable !== false);
const { targets, figures } = await benchProvider(scenario, prompts, [...corpus.replies.values()]);

mkdirSync(at('reports/bench'), { recursive: true });
writeFileSync(at('reports/bench/provider.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
for (const { name, value, unit, bound, ok } of targets)
  console.log(`${ok ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(2)} ${unit} (at most ${bound})`);
for (const [name, value] of Object.entries(figures)) console.log(`       ${name}: ${value.toFixed(1)}`);
process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
