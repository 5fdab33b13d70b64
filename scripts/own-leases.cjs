/* global afterAll, process */
// Each test file has leases of its own. The machine's are kept by device, and a pseudo-terminal that one file has closed bears the same
// name in another one that runs at the same time, which would find it held.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const folder = mkdtempSync(join(tmpdir(), 'earshot-leases-'));
process.env.EARSHOT_LEASES = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
