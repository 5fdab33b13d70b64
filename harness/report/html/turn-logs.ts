import type { AnyTurnRecord, ProviderEvent } from '../../ports';
import { msOfSamples } from '../../units';
import type { Messages } from '../language';
import { html, type Markup } from './markup';

interface LogLine {
  readonly hostAtMs: number;
  readonly text: string;
}

const MOST_LINES = 400;
/** A board that prints without an end of line must not fill the page. */
const MOST_CHARACTERS = 2_000;

function shortened(text: string, { logs }: Messages): string {
  const more = text.length - MOST_CHARACTERS;
  return more <= 0 ? text : `${text.slice(0, MOST_CHARACTERS)}${logs.shortened(more)}`;
}

/** A log with times relative to an instant of the turn. */
function log(title: string, zeroMs: number, lines: readonly LogLine[], words: Messages): Markup {
  if (lines.length === 0)
    return html`<section class="log">
      <h4>${title}</h4>
      <p class="empty">${words.logs.nothing}</p>
    </section>`;
  const rows = lines
    .slice(0, MOST_LINES)
    .map(
      ({ hostAtMs, text }) =>
        html`<span
          ><b>${(hostAtMs - zeroMs).toFixed(0).padStart(6)}</b> <bdi>${shortened(text, words)}</bdi></span
        >`,
    );
  const more = lines.length - MOST_LINES;
  const rest = more > 0 && html`<span>${words.logs.more(more)}</span>`;
  return html`<section class="log">
    <h4>${title}</h4>
    <pre tabindex="0" role="group" aria-label="${title}" lang="en" dir="ltr">${rows}${rest}</pre>
  </section>`;
}

const stampFields: ReadonlySet<string> = new Set(['seq', 'hostAtMs', 'sessionId', 'type']);

function providerLine(event: ProviderEvent): LogLine {
  const fields = Object.entries(event)
    .filter(([name]) => !stampFields.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return { hostAtMs: event.hostAtMs, text: `${event.type} ${fields.join(' ')}` };
}

/** Provider events as lines; a reply's packets in a row become one line. */
function providerLines(events: readonly ProviderEvent[], { logs }: Messages): LogLine[] {
  const lines: LogLine[] = [];
  for (let at = 0; at < events.length; at += 1) {
    const event = events[at];
    if (event?.type !== 'audio-out') {
      if (event !== undefined) lines.push(providerLine(event));
      continue;
    }
    let packets = 1;
    let next = events[at + 1];
    let lengthSamples = event.lengthSamples;
    while (next?.type === 'audio-out' && next.responseId === event.responseId) {
      lengthSamples += next.lengthSamples;
      packets += 1;
      next = events[at + packets];
    }
    const soundMs = msOfSamples(lengthSamples, event.rateHz).toFixed(0);
    const text = logs.packets(event.replyId, packets, soundMs);
    lines.push({ hostAtMs: event.hostAtMs, text });
    at += packets - 1;
  }
  return lines;
}

/**
 * What the board printed and the provider did in a turn, side by side.
 * @param after - What the times are counted from, in words.
 */
export const turnLogs = (record: AnyTurnRecord, zeroMs: number, after: string, words: Messages): Markup =>
  html`<div class="columns logs">
    ${log(
      words.logs.console(after),
      zeroMs,
      record.consoleLines.map(({ hostAtMs, text }) => ({ hostAtMs, text })),
      words,
    )}
    ${log(words.logs.provider(after), zeroMs, providerLines(record.providerEvents, words), words)}
  </div>`;
