import type { CatalogueEntry } from '../origin';

/** Faults of the audio rig. */
export const rigCodes = {
  HIL_RIG_LINK_LOST: {
    origin: 'bench',
    remedy: 'The audio link to the virtual board broke; read the console log of the board, then run again.',
  },
  HIL_RIG_LAGGED: {
    origin: 'bench',
    remedy: 'The bench machine was too busy to keep the audio clock; close other work and run again.',
  },
  HIL_RIG_XRUN: {
    origin: 'bench',
    remedy:
      'Close other work on the bench machine, and plug the sound card into a socket of its own, not a hub; the take was lost, not the board.',
  },
  HIL_RIG_TAKES: {
    origin: 'bench',
    remedy:
      'Mend what spoilt the takes above, then run again; `turn.retakes` and `turn.badTakes` in bench.yaml say how much a run bears.',
  },
  HIL_RIG_CLOSED: {
    origin: 'harness',
    remedy: 'Report this: the rig was used after it had been closed.',
  },
  HIL_RIG_UNAVAILABLE: {
    origin: 'config',
    remedy: 'Use a virtual board for now; audio rigs for real boards come in a later version.',
  },
  HIL_RIG_NO_LOOPBACK: {
    origin: 'bench',
    remedy:
      'The prompt was not found on the loopback channel; check the loopback cable and the playback level.',
  },
  HIL_RIG_CALIBRATION_DAMAGED: {
    origin: 'bench',
    remedy: 'Calibrate the rig again with earshot calibrate, which writes the file anew.',
  },
  HIL_RIG_CALIBRATION_TOO_NEW: {
    origin: 'bench',
    remedy: 'Use the newer version of Earshot that calibrated the rig, or calibrate again with this one.',
  },
  HIL_RIG_CALIBRATION_NOT_STORED: {
    origin: 'bench',
    remedy: 'Make room and allow writing there, or name another file as calibration in the bench file.',
  },
  HIL_RIG_OTHER_CARD: {
    origin: 'bench',
    remedy:
      'Plug in the card that was calibrated, or run earshot calibrate with this one; the message names both.',
  },
} as const satisfies Record<string, CatalogueEntry>;
