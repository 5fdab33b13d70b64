import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from './package-root';

describe('packageRoot', () => {
  it('finds the package from the sources', () => {
    expect(existsSync(join(packageRoot(), 'fixtures'))).toBe(true);
  });

  it('finds the same folder from dist, and from node_modules of another project', () => {
    expect(packageRoot(join(packageRoot(), 'dist/harness/config'))).toBe(packageRoot());
    const project = mkdtempSync(join(tmpdir(), 'earshot-root-'));
    const installed = join(project, 'node_modules/earshot');
    mkdirSync(join(installed, 'dist/harness/config'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"name":"theirs"}');
    writeFileSync(join(installed, 'package.json'), '{"name":"earshot"}');
    expect(packageRoot(join(installed, 'dist/harness/config'))).toBe(installed);
  });

  it('says so when there is no package', () => {
    expect(() => packageRoot(tmpdir())).toThrow('No package.json named earshot');
  });
});
