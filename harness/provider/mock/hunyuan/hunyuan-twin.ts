import { randomBytes } from 'node:crypto';
import { openaiErrors } from '../chat/chat-errors';
import type { ChatVendor } from '../chat/chat-vendor';
import type { Fault } from '../json/check';
import type { WrittenMessage } from '../text/respondent';
import { MOST_MESSAGES, outOfTurn } from './hunyuan-request';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** The code was seen for roles out of turn (github.com/FoundationAgents/OpenManus/issues/894); the words are ours. */
function conversationFault(messages: readonly WrittenMessage[]): Fault | undefined {
  const seen =
    messages.length > MOST_MESSAGES
      ? `there are ${messages.length} of at most ${MOST_MESSAGES}`
      : outOfTurn(messages.map(({ role }) => role));
  if (seen === undefined) return undefined;
  const message = `messages have to alternate and to end with user or tool; ${seen}.`;
  return { code: '1001', message, param: null };
}

/**
 * Hunyuan as OpenAI's clients ask it (reference/providers.md 5.1). Path, key, names of models, `stop` and how usage is asked for
 * are documented (cloud.tencent.com/document/product/1729/111007); how it words errors and which models it lists are not [U].
 */
export const hunyuanTwin: ChatVendor = {
  protocol: 'hunyuan',
  completionPaths: ['/v1/chat/completions'],
  modelPaths: [],
  errors: openaiErrors,
  models: ['hunyuan-turbos-latest', 'hunyuan-t1-latest', 'hunyuan-lite'],
  modelForm: /^hunyuan[\w.-]*$/,
  contextTokens: 32_000,
  ownedBy: 'tencent',
  completionId: () => hex(16),
  callId: () => `call_${hex(12)}`,
  headers: () => ({}),
  showsThought: ({ model, thinking }) => thinking ?? /-t1|thinking/.test(model),
  streamedUsage: 'asked',
  obfuscates: false,
  keepsAlive: false,
  keepsStop: true,
  conversationFault,
  messageExtras: {},
  usageExtras: () => ({}),
};
