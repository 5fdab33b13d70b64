import type { ProviderProtocol } from '../../ports';
import type { LiveClient, Question } from './live-client';
import type { LiveEvent } from './live-event';

/** Protocols that stream whatever they are asked for. */
const alwaysStream: ReadonlySet<ProviderProtocol> = new Set(['spark', 'openai-realtime']);

/** What every live client promises, against a mock or the real service. */
export function liveClientContract(
  protocol: ProviderProtocol,
  open: () => LiveClient,
  { text, answerWithinMs }: { readonly text: string; readonly answerWithinMs: number },
): void {
  const question: Question = { text, stream: true };

  it(
    'answers a streamed question and reports it step by step',
    async () => {
      const client = open();
      const events: LiveEvent[] = [];
      const answer = await client.ask(question, { onEvent: (event) => events.push(event) });
      await client.close();
      expect(answer.text).not.toBe('');
      const types = events.map(({ type }) => type);
      // A protocol that signs in may have connected once more before.
      expect(types.indexOf('connected')).toBe(0);
      expect(types.filter((type) => type === 'request')).toHaveLength(1);
      expect(types.indexOf('request')).toBeLessThan(types.indexOf('first-token'));
      expect(types.at(-1)).toBe('done');
      const times = events.map(({ hostAtMs }) => hostAtMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const told = events.flatMap((event) =>
        event.type === 'token' && event.kind === 'answer' ? event.text : [],
      );
      expect(told.join('')).toBe(answer.text);
      expect(events.some(({ type }) => type === 'first-audio')).toBe(protocol === 'openai-realtime');
    },
    answerWithinMs,
  );

  if (!alwaysStream.has(protocol)) {
    it(
      'answers in one body',
      async () => {
        const client = open();
        const answer = await client.ask({ ...question, stream: false });
        await client.close();
        expect(answer.text).not.toBe('');
        expect(answer.usage?.answerTokens).toBeGreaterThan(0);
      },
      answerWithinMs,
    );
  }

  it(
    'stops in the middle of an answer when it is cancelled',
    async () => {
      const client = open();
      const cancel = new AbortController();
      const failed = client.ask(question, {
        signal: cancel.signal,
        onEvent: ({ type }) => type === 'request' && cancel.abort(),
      });
      await expect(failed).rejects.toMatchObject({ code: 'HIL_PROVIDER_CANCELLED' });
      await client.close();
    },
    answerWithinMs,
  );
}
