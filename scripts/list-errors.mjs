// Writes docs/errors.md from the catalogue of errors; a test compares the two.
import { writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { format } from 'prettier';
import { createRequire } from 'node:module';

const catalogueUrl = new URL('../harness/errors/catalogue/index.ts', import.meta.url);
const docsUrl = new URL('../docs/errors.md', import.meta.url);

const { outputFiles } = buildSync({
  entryPoints: [catalogueUrl.pathname],
  bundle: true,
  format: 'cjs',
  platform: 'node',
  write: false,
});
const module = { exports: {} };
new Function('module', 'exports', 'require', outputFiles[0].text)(
  module,
  module.exports,
  createRequire(import.meta.url),
);
const rows = Object.entries(module.exports.catalogue).map(
  ([code, { origin, remedy }]) => `| \`${code}\` | ${origin} | ${remedy} |`,
);

const text = `# Errors

Every failure carries one of these codes, its origin and its remedy. Written by \`node scripts/list-errors.mjs\` from
\`harness/errors/catalogue/\`; edit that instead.

| origin | who is at fault | what it does to a release |
| --- | --- | --- |
| board | the firmware or the hardware under test | can fail it |
| bench | rig, cable, USB, host machine | not judged |
| provider | the voice service | not judged |
| config | what a person wrote | exit code 2 |
| harness | Earshot itself | not judged |

| code | origin | remedy |
| --- | --- | --- |
${rows.join('\n')}
`;
writeFileSync(docsUrl, await format(text, { parser: 'markdown', printWidth: 110 }));
