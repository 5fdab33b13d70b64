// Removes the build: an incremental compiler leaves what was once compiled from files that are gone.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
