// Measures the mock provider beside a bare `ws` echo, and the proxy beside a bare forwarder, and writes
// reports/bench/provider.json. Exits 1 when a target is missed. `--only mock` or `--only proxy` measures one, and writes nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readOptions, withValue } from './script-options/read-options.mjs';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const require = createRequire(import.meta.url);
const { benchProvider } = require(at('dist/harness/provider/bench/provider-bench.js'));
const { benchProxy } = require(at('dist/harness/provider/bench/proxy-bench.js'));
const { loadScenario } = require(at('dist/harness/config/index.js'));
const { loadCorpus } = require(at('dist/harness/corpus/index.js'));

const help = `npm run bench:provider -- [options]

  --only mock|proxy   measure one of them, and write nothing
  --help              this text
`;
const {
  values: { only },
  refuse,
} = readOptions(help, { only: withValue() });

function benchMock() {
  const corpus = loadCorpus(at('fixtures'));
  const scenario = loadScenario(at('fixtures/scenarios/voice-assistant.yaml'));
  const prompts = [...corpus.prompts.values()].filter(({ recognisable }) => recognisable !== false);
  return benchProvider(scenario, prompts, [...corpus.replies.values()]);
}

const benches = { proxy: benchProxy, mock: benchMock };
const chosen = Object.entries(benches).filter(([name]) => only === undefined || name === only);
if (chosen.length === 0) refuse(`--only takes ${Object.keys(benches).join(' or ')}, not ${only}`);
const results = [];
// One after the other: they would disturb each other.
for (const [, bench] of chosen) results.push(await bench());
const targets = results.flatMap((result) => result.targets);
const figures = Object.assign({}, ...results.map((result) => result.figures));

if (only === undefined) {
  mkdirSync(at('reports/bench'), { recursive: true });
  writeFileSync(at('reports/bench/provider.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
}
for (const { name, value, unit, bound, ok } of targets)
  console.log(`${ok ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(2)} ${unit} (at most ${bound})`);
for (const [name, value] of Object.entries(figures)) console.log(`       ${name}: ${value.toFixed(2)}`);
process.exitCode = targets.every(({ ok }) => ok) ? 0 : 1;
