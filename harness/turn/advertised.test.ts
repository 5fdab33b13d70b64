import type { BoardEvent, ProviderEvent } from '../ports';
import { advertisedIn } from './advertised';

const updated = (...tools: string[]): ProviderEvent => ({
  seq: 0,
  hostAtMs: 0,
  type: 'session-updated',
  tools,
});
const declared = (boot: number, ...tools: string[]): BoardEvent => ({
  hostAtMs: 0,
  boot,
  lineIndex: 0,
  type: 'tools-declared',
  tools,
});
const booted = (boot: number): BoardEvent => ({
  hostAtMs: 0,
  boot,
  lineIndex: 0,
  type: 'boot',
  resetCause: 'power on (0x1)',
});

it.each([
  ['what the provider took last', [updated('A'), updated('B')], [declared(1, 'C')], ['B']],
  ['what the firmware printed, where nobody watched the provider', [], [declared(1, 'C')], ['C']],
  ['nothing of a boot before', [], [declared(1, 'C'), booted(2)], undefined],
  ['nothing where nothing was seen', [], [], undefined],
])('is %s', (_, provider, board, tools) => {
  expect(advertisedIn(provider, board)).toEqual(tools);
});
