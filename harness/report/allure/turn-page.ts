import { isSoundTurn } from '../../measurement';
import type { ShownTurn } from '../judged-turn';
import { en } from '../language';
import { outcomeInWords } from '../wording';
import { html, trusted } from '../html/markup';
import { style } from '../html/style';
import { textTurnDetail } from '../html/text-turn-list';
import { turnDetail, type InlineAudio } from '../html/turn-detail';
import type { TurnSoundSummary } from '../html/turn-sound';

// Allure's frames are low, so what plays is on top. Recordings lie in the run folder, which no report of Allure's knows: their paths are text here.
const ownStyle =
  '.detail{padding:16px}.players{order:-1}.players a{pointer-events:none;color:inherit;text-decoration:none}';
const styleElement = trusted(`<style>${style}${ownStyle}</style>`);
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'";

export interface TurnPageOptions {
  readonly sound: TurnSoundSummary | undefined;
  /** Sound to put into the page; a recording without is not played. */
  readonly inlineAudio: InlineAudio;
}

/** Players of what the run folder came without: here they could be of nothing. */
const unheard = /<audio\b[^>]*\bsrc="(?!data:)[^"]*"[^>]*><\/audio>/g;

/** A turn as a page of its own, with its plot, its sound and its logs: no script, no other file. For frames, which get none. */
export const turnPage = (turn: ShownTurn, { sound, inlineAudio }: TurnPageOptions): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${turn.record.turnId} · ${outcomeInWords[turn.outcome]}</title>
        ${styleElement}
      </head>
      <body>
        ${isSoundTurn(turn) ? turnDetail(turn, sound, inlineAudio, en) : textTurnDetail(turn, en)}
      </body>
    </html> `.text.replace(unheard, '');
