import { machineFiles, storeFailed, type StoreFiles } from './store-files';

/** What of a run the power would still take: paths of files that were written to, and of folders that got a name. */
export class Unsynced {
  private readonly paths = new Set<string>();

  constructor(private readonly files: StoreFiles = machineFiles) {}

  add(...paths: readonly string[]): void {
    for (const path of paths) this.paths.add(path);
  }

  /**
   * Resolves when everything that was added by now is on the disk.
   * @throws RunError `HIL_RUN_STORE_FAILED`: the disk took back what it had said yes to.
   */
  async settle(): Promise<void> {
    const paths = [...this.paths];
    this.paths.clear();
    await Promise.all(
      paths.map(async (path) => {
        try {
          await this.files.sync(path);
        } catch (cause) {
          throw storeFailed(path, cause);
        }
      }),
    );
  }
}
