import type { CatalogueEntry } from '../origin';

/** Faults in what a person wrote: files, arguments, environment. */
export const configCodes = {
  HIL_CONFIG_FILE_MISSING: {
    origin: 'config',
    remedy: 'Check the path; it is relative to the folder you are in.',
  },
  HIL_CONFIG_SYNTAX: { origin: 'config', remedy: 'Mend the YAML at the line named above.' },
  HIL_CONFIG_INVALID: {
    origin: 'config',
    remedy: 'Change the value at the line named above to what is expected.',
  },
  HIL_CONFIG_USAGE: { origin: 'config', remedy: 'Run the command with --help to see what it takes.' },
  HIL_CONFIG_KEY_EXPOSED: {
    origin: 'config',
    remedy:
      'Run the `chmod 600` that is named above, and change the keys if others may have read them (docs/security.md).',
  },
  HIL_CONFIG_DIALECT: {
    origin: 'config',
    remedy: 'Mend the dialect as the message says; docs/own-dialect.md tells what each of its fields takes.',
  },
  HIL_CONFIG_SUITE: {
    origin: 'config',
    remedy: 'Mend the test file; it did not load, so nothing in it was judged.',
  },
  HIL_CONFIG_MATCHER: {
    origin: 'config',
    remedy:
      'Write the expectation in the suite as the message says; docs/writing-suites.md has all matchers.',
  },
  HIL_IMAGE_MALFORMED: {
    origin: 'config',
    remedy:
      'Name a file that `idf.py build` or `esptool merge-bin` wrote: an application, a merged image or flasher_args.json.',
  },
  HIL_IMAGE_CORRUPT: {
    origin: 'config',
    remedy: 'Build or fetch the file again; bytes of it were changed after it was made.',
  },
  HIL_IMAGE_OTHER_CHIP: {
    origin: 'config',
    remedy: 'Build the firmware for the ESP32-S3 (`idf.py set-target esp32s3`), or name its image.',
  },
  HIL_ELF_UNREADABLE: {
    origin: 'config',
    remedy:
      'Name the ELF that the linker wrote beside the image, `build/<project>.elf`, whole and not stripped.',
  },
  HIL_ELF_OTHER_BUILD: {
    origin: 'config',
    remedy:
      'Name the ELF of the build that ran on the board, unstripped; keep the ELF of every release beside its image.',
  },
  HIL_DECODE_TOOL: {
    origin: 'config',
    remedy: 'Install the tool, or leave --addr2line out: the ELF is then read without one.',
  },
  HIL_AUDIO_NOT_WAV: { origin: 'config', remedy: 'Convert the file to PCM WAV, mono, 16 bit.' },
  HIL_AUDIO_RATE: { origin: 'config', remedy: 'Resample the clip to a rate between 8 000 and 48 000 Hz.' },
  HIL_CORPUS_HASH: {
    origin: 'config',
    remedy: 'Restore the WAV, or annotate it again so that the manifest matches it.',
  },
  HIL_CORPUS_ANNOTATION: {
    origin: 'config',
    remedy: 'Annotate the clip again, so that the manifest says what the WAV holds.',
  },
  HIL_CORPUS_REVIEWED: {
    origin: 'config',
    remedy: 'Look at the plot; then keep the annotation as it is, or write the new one with --force.',
  },
  HIL_CORPUS_UNUSABLE: {
    origin: 'config',
    remedy:
      'Record the clip again, in a quiet room, lower if it was clipped, with half a second of silence at both ends.',
  },
  HIL_CORPUS_EXISTS: {
    origin: 'config',
    remedy: 'Choose another name, or write over what is there with --force.',
  },
  HIL_CORPUS_PROGRAM: {
    origin: 'config',
    remedy: 'Install the package that is named above, or name another program with --with.',
  },
  HIL_CORPUS_SOUND: {
    origin: 'bench',
    remedy:
      'Read what the program says above; list its devices (`arecord -L`, `pactl list short sources`) and name one with --device.',
  },
  HIL_CORPUS_UNKNOWN_CLIP: {
    origin: 'config',
    remedy: 'Use an id from the manifest; the nearest ones are named above.',
  },
} as const satisfies Record<string, CatalogueEntry>;
