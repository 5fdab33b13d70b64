import type { LinkTruth } from '../../audio';
import type { RigTruth } from '../../ports';
import type { PlayedClip } from '../stream/playback-mixer';

type SpanTruth = RigTruth['speakerSpans'][number];
type MarkTruth = RigTruth['uplinkMarks'][number];

/** What the board counted, moved to the planes of the capture. Nothing is measured from sound. */
export class TruthLog {
  private spans: SpanTruth[] = [];
  private marks: MarkTruth[] = [];

  /**
   * @param playbackToMicSamples - Delay of the direct sound. A board that had heard link sample L had heard the playback
   *   up to sample L − delay of the loopback channel.
   * @param boardToSpeakerChannelSamples - Delay of the direct sound, added to what leaves the board's speaker.
   */
  constructor(
    private readonly rateHz: number,
    private readonly playbackToMicSamples: number,
    private readonly boardToSpeakerChannelSamples: number,
  ) {}

  add(truths: readonly LinkTruth[]): void {
    for (const truth of truths) {
      if (truth.kind === 'speaker') {
        const { itemId, sourceSample, lengthSamples, sourceRateHz, atLinkSample, rtp } = truth;
        const atRigSample = atLinkSample + this.boardToSpeakerChannelSamples;
        const span = { itemId, sourceSample, lengthSamples, sourceRateHz, atRigSample };
        this.spans.push(rtp === undefined ? span : { ...span, rtp });
      } else {
        const { streamSample, hostAtMs, atLinkSample } = truth;
        this.marks.push({ streamSample, hostAtMs, atRigSample: atLinkSample - this.playbackToMicSamples });
      }
    }
  }

  /** Drops what ended before this sample. */
  forget(beforeRigSample: number): void {
    this.spans = this.spans.filter((span) => this.endOf(span) > beforeRigSample);
    this.marks = this.marks.filter((mark) => mark.atRigSample >= beforeRigSample);
  }

  /** Spans and clips that overlap [from, to), marks inside it. */
  between(from: number, to: number, played: readonly PlayedClip[]): RigTruth {
    const starts = played
      .filter((each) => each.startedAtRigSample < to && each.endAtRigSample > from)
      .map(({ startedAtRigSample }) => startedAtRigSample);
    const latest = starts.at(-1);
    return {
      ...(latest === undefined ? {} : { promptStartAtRigSample: latest }),
      playbackStartsAtRigSample: starts,
      speakerSpans: this.spans.filter((span) => span.atRigSample < to && this.endOf(span) > from),
      uplinkMarks: this.marks.filter(({ atRigSample }) => atRigSample >= from && atRigSample < to),
    };
  }

  private endOf(span: SpanTruth): number {
    return span.atRigSample + (span.lengthSamples * this.rateHz) / span.sourceRateHz;
  }
}
