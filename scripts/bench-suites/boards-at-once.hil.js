// Turns of one board among several that begin and end them together: `npm run bench:webrtc` starts each in a run of its own, and
// `npm run bench:boards` all in one. Starting
// Jest, and writing reports, takes more of the machine than the turns do, so neither may fall into another's turns.
/* global process, require */
const { mkdirSync, readdirSync, watch, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { benchDescription, describe, expect, test } = require('earshot');

const { BOARDS_AT_ONCE_FOLDER: folder, BOARDS_AT_ONCE_COUNT: count } = process.env;
const LONGEST_MS = 15 * 60_000;
const STRIDE = 17;
/** A bench that is too busy spoils takes; it may take this many times the turns for the turns. */
const MOST_TRIES = 2;

/** Resolves when as many boards as there are have come to this point. */
async function all(point) {
  const here = join(folder, point);
  mkdirSync(here, { recursive: true });
  const watcher = watch(here);
  try {
    await new Promise((resolve) => {
      const look = () => readdirSync(here).length >= Number(count) && resolve();
      watcher.on('change', look);
      writeFileSync(join(here, String(process.pid)), '');
      look();
    });
  } finally {
    watcher.close();
  }
}

describe('boards at once', () => {
  const { turns, prompts } = benchDescription();
  const plain = prompts.filter(({ recognisable, calls }) => recognisable && calls.length === 0);
  test(`${turns} turns`, { needs: ['audio'], timeoutMs: LONGEST_MS }, async ({ board, turn }) => {
    // A board that fails comes to both points as well, or all others would wait for it.
    try {
      await board.newSession();
    } finally {
      await all('ready');
    }
    try {
      let compared = 0;
      for (let index = 0; compared < turns && index < MOST_TRIES * turns; index += 1) {
        const { measurement } = await turn(plain[(index * STRIDE) % plain.length].id);
        if (measurement.selfCheck !== undefined) compared += 1;
      }
      expect(compared).toBe(turns);
    } finally {
      await all('done');
    }
  });
});
