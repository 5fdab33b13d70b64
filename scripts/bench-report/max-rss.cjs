// Loaded ahead of a child's program: writes the most memory that it ever had, in KiB, into the file that BENCH_MAX_RSS names.
const { writeFileSync } = require('node:fs');
const process = require('node:process');

process.on('exit', () => writeFileSync(process.env.BENCH_MAX_RSS, String(process.resourceUsage().maxRSS)));
