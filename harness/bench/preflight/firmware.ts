import { imageUnderTest } from '../../board';
import { wrongFirmware } from '../../board/esp32s3';
import { failureOf, ok, skipped, warn, type Check, type CheckContext } from './check';

/** What runs is what is to be tested. */
export const firmware: Check = {
  id: 'firmware',
  title: 'firmware',
  group: 'board',
  expected:
    'the board runs the image under test, where the bench file names one, and the project of its dialect',
  remedy: 'Flash the image under test (`earshot flash`), or correct `image` or `dialect` in the bench file.',
  needs: ['console'],
  uses: ['port'],
  withinMs: 3_000,
  async run({ parts }: CheckContext) {
    const board = await parts.board();
    const { boardConfig, dialect } = parts;
    const running = board.firmware;
    const image = boardConfig.imagePath === undefined ? undefined : imageUnderTest(boardConfig.imagePath);
    if (!dialect.capabilities.includes('boot-log'))
      return skipped(`firmware of dialect ${dialect.name} does not say what it is`);
    if (running === undefined) {
      const seen = 'no boot log was seen, which alone names the firmware';
      return image === undefined
        ? skipped(`${seen}; --reset brings one`)
        : warn(seen, {
            code: 'HIL_BOARD_FIRMWARE_UNKNOWN',
            remedy:
              'Run `earshot doctor --reset`: the boot log names project, version and the SHA-256 of the ELF.',
          });
    }
    const failure = (image && wrongFirmware(board.name, image, running)) ?? parts.wrongProject(running);
    if (failure !== undefined) return failureOf(failure);
    const { project, version, idf, elfSha256Prefix } = running;
    const words = [
      project,
      version,
      idf === undefined ? undefined : `ESP-IDF ${idf}`,
      elfSha256Prefix === undefined ? undefined : `ELF ${elfSha256Prefix}`,
    ].filter((word) => word !== undefined);
    const tested =
      image === undefined ? 'no image is named, so whatever runs is tested' : 'as the image under test';
    return ok(`${words.join(', ')}; ${tested}`, { firmware: running });
  },
};
