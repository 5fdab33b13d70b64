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
    remedy:
      'Give the board a rig that this machine can have; docs/sound-cards.md says which one works where.',
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
  HIL_RIG_PROGRAM_MISSING: {
    origin: 'bench',
    remedy: 'Install the package that the message names, or put the program on the PATH.',
  },
  HIL_RIG_CARD_MISSING: {
    origin: 'bench',
    remedy: 'Plug the sound card in, or name one that `earshot devices` lists.',
  },
  HIL_RIG_CARD_AMBIGUOUS: {
    origin: 'bench',
    remedy: 'Name the sound card by the socket that it is plugged into, as the message shows.',
  },
  HIL_RIG_CARD_BUSY: {
    origin: 'bench',
    remedy: 'Close the program that has the sound card open; `fuser -v /dev/snd/*` names it.',
  },
  HIL_RIG_CARD_REFUSED: {
    origin: 'bench',
    remedy:
      'Set rate, format, inputs and outputs in the bench file to what the card has; `earshot devices` lists that.',
  },
  HIL_RIG_CARD_LOST: {
    origin: 'bench',
    remedy: 'Check the USB cable and hub of the sound card, or the sound server, then run again.',
  },
  HIL_RIG_STALLED: {
    origin: 'bench',
    remedy: 'Unplug the sound card and plug it in again, or start the sound server anew; then run again.',
  },
  HIL_RIG_WRONG_RATE: {
    origin: 'bench',
    remedy:
      'Set the card, or the sink and source of the sound server, to the rate of the bench file, or the bench file to theirs.',
  },
  HIL_RIG_NO_SERVER: {
    origin: 'bench',
    remedy: 'Start PulseAudio or pipewire-pulse, or name the server that runs by PULSE_SERVER.',
  },
} as const satisfies Record<string, CatalogueEntry>;
