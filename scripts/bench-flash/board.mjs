// The board of the flash bench, in a process of its own: a virtual one that waits in its ROM's loader.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { startVirtualBoard } = require(
  fileURLToPath(new URL('../../dist/firmware/virtual-board/index.js', import.meta.url)),
);

let board;

process.on('message', async ({ does }) => {
  if (does === 'open') {
    board = await startVirtualBoard({
      dialect: 'realtime-ws',
      providerUrl: 'ws://127.0.0.1:9',
      startsInDownload: true,
    });
    process.send({ path: board.ptyPath });
  } else {
    await board.close();
    process.send({});
  }
});
process.on('disconnect', () => process.exit(0));
