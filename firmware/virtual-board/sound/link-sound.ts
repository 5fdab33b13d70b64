import { RateConverter, type AudioLinkHello, type LinkTruth, type SpeakerSpan } from '../../../harness/audio';
import { rateOfPpm } from '../../../harness/units';
import { fromPcm16, toPcm16 } from './pcm16';
import type { SoundCard } from './sound-card';
import { ADC_RATE_HZ } from './uplink';

/**
 * Couples a sound card to the clock of one connected rig. Both converters are centred on exact places, so the truth is
 * counted: ADC sample and DAC frame have a link position that follows from the two crystals alone. The speaker's filter
 * takes DAC frames `lookaheadSamples` ahead of what leaves, which is its group delay (32 frames, 1.3 ms of 24 kHz); a span is
 * reported with the block that took its frames, so its `atLinkSample` may lie that much after the block.
 */
export class LinkSound {
  private readonly microphone: RateConverter;
  private readonly speaker: RateConverter;
  private readonly firstAdcSample: number;
  private readonly firstDacFrame: number;

  constructor(
    private readonly sound: SoundCard,
    hello: Pick<AudioLinkHello, 'rateHz' | 'rigPpm'>,
  ) {
    const linkRateHz = hello.rateHz * rateOfPpm(hello.rigPpm);
    const crystal = rateOfPpm(sound.crystal.ppm);
    this.microphone = new RateConverter(linkRateHz, ADC_RATE_HZ * crystal);
    this.speaker = new RateConverter(sound.dacRateHz * crystal, linkRateHz);
    this.firstAdcSample = sound.adcSample;
    this.firstDacFrame = sound.dacFrame;
    sound.synchronise();
  }

  /** One block of the microphone in, the same length of the speaker out, with the truth about both. */
  exchange(microphone: Float32Array): {
    readonly samples: Float32Array;
    readonly truth: readonly LinkTruth[];
  } {
    const truth: LinkTruth[] = [];
    for (const chunk of this.sound.hear(toPcm16(this.microphone.push(microphone)))) {
      const atLinkSample = this.microphone.inputPositionOf(chunk.atAdcSample - this.firstAdcSample);
      // A chunk that ends before this rig came has no place on its clock.
      if (atLinkSample >= 0)
        truth.push({
          kind: 'uplink',
          streamSample: chunk.streamSample,
          atLinkSample,
          hostAtMs: chunk.hostAtMs,
        });
    }
    const firstFrame = this.sound.dacFrame - this.firstDacFrame;
    const { frames, runs, sourceRateHz } = this.sound.transmit(this.speaker.inputsFor(microphone.length));
    const samples = this.speaker.push(fromPcm16(frames), microphone.length);
    for (const run of runs) {
      const rtp = this.sound.rtpSamplesOf(run);
      truth.push({
        kind: 'speaker',
        itemId: rtp === undefined ? run.itemId : '',
        sourceSample: run.sourceSample,
        lengthSamples: run.lengthSamples,
        sourceRateHz,
        atLinkSample: this.speaker.outputPositionOf(firstFrame + run.startFrame),
        ...(rtp === undefined ? {} : { rtp }),
      } satisfies SpeakerSpan);
    }
    return { samples, truth };
  }
}
