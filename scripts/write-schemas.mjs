// Writes schemas/, which ships with the package, from the shapes by which runs are read. After `npm run build`; a test compares the two.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { jsonSchemas } = createRequire(import.meta.url)(at('dist/harness/run/json-schemas.js'));

mkdirSync(at('schemas'), { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(
    at(`schemas/${name}`),
    await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 }),
  );
}
