import { join } from 'node:path';
import { loadBench, packageRoot } from '../config';
import { describeDialect } from './bench-parts';
import { firmwareModel } from './firmware-model';

const modelOn = (bench: string, protocol?: 'openai' | 'deepseek' | 'siliconflow'): string | undefined => {
  const path = join(packageRoot(), 'fixtures/benches', `${bench}.yaml`);
  const { boards, provider } = loadBench(path, protocol && { provider: { kind: 'mock', protocol } });
  return firmwareModel(describeDialect(boards[0]!), provider);
};

it('is the provider’s where firmware could be built for several', () => {
  expect(modelOn('idf-chat', 'deepseek')).toBe('deepseek-chat');
  expect(modelOn('micropython-chat', 'deepseek')).toBe('deepseek-chat');
  expect(modelOn('micropython-chat', 'openai')).toBe('gpt-4o-mini');
});

it('is the firmware’s own where that will do, and where there is one provider only', () => {
  expect(modelOn('idf-chat', 'siliconflow')).toBeUndefined();
  expect(modelOn('ollama-chat', 'deepseek')).toBeUndefined();
  expect(modelOn('virtual')).toBeUndefined();
});
