import { ConvolverInput, PartitionedConvolver, partitionsOf } from '../../audio';
import { gainOfDb } from '../../units';
import { acousticResponse, directDelaySamples } from './acoustic-response';
import { RIG_RATE_HZ, type AcousticPath, type WorldOptions } from './options';
import { SeededNoise } from './seeded-noise';

/** Active level of the corpus: RMS of speech, dB re full scale ±1. */
const SPEECH_LEVEL_DB_FS = -20;
/** A good converter's own noise, RMS. */
const LOOPBACK_NOISE_DB_FS = -96;

/**
 * Two sources, two receivers and the air between them, one block at a time. Within a tick `hear` comes first: the
 * microphone gets the playback of this block and what the board played up to the block before; then `listen` takes the
 * board's answer. So the board's echo is at least one block old.
 */
export class AcousticWorld {
  /** What the direct sound of these paths is late by, in samples, fractions included. */
  readonly playbackToMicSamples: number;
  readonly boardToSpeakerChannelSamples: number;
  private readonly playback: ConvolverInput;
  private readonly board: ConvolverInput;
  private readonly mic: PartitionedConvolver;
  private readonly speakerChannel: PartitionedConvolver;
  private readonly micNoise: SeededNoise;
  private readonly speakerNoise: SeededNoise;
  private readonly loopbackNoise: SeededNoise;
  private readonly micNoiseRms: number;
  private readonly speakerNoiseRms: number;
  private readonly loopbackNoiseRms = gainOfDb(LOOPBACK_NOISE_DB_FS);
  private readonly loopbackGain: number;

  constructor(options: WorldOptions, blockSamples: number) {
    const { paths, room, seed } = options;
    const response = (path: AcousticPath, stream: number, earliestSamples = 0) => {
      const delaySamples = directDelaySamples(path.delayMs, RIG_RATE_HZ, earliestSamples);
      return {
        delaySamples,
        taps: acousticResponse({ ...path, delaySamples }, room, RIG_RATE_HZ, seed, stream),
      };
    };
    const playbackToMic = response(paths.playbackToMic, 1);
    const playbackToSpeaker = response(paths.playbackToSpeakerChannel, 2);
    const boardToMic = response(paths.boardToMic, 3, blockSamples);
    const boardToSpeaker = response(paths.boardToSpeakerChannel, 4);
    this.playbackToMicSamples = playbackToMic.delaySamples;
    this.boardToSpeakerChannelSamples = boardToSpeaker.delaySamples;

    const inputFor = (...responses: { readonly taps: Float64Array }[]) =>
      new ConvolverInput(
        blockSamples,
        partitionsOf(Math.max(...responses.map((each) => each.taps.length)), blockSamples),
      );
    this.playback = inputFor(playbackToMic, playbackToSpeaker);
    this.board = inputFor(boardToMic, boardToSpeaker);
    this.mic = new PartitionedConvolver(blockSamples, [
      { input: this.playback, response: playbackToMic.taps },
      { input: this.board, response: boardToMic.taps },
    ]);
    this.speakerChannel = new PartitionedConvolver(blockSamples, [
      { input: this.playback, response: playbackToSpeaker.taps },
      { input: this.board, response: boardToSpeaker.taps },
    ]);

    const noiseRms = (path: AcousticPath) => gainOfDb(SPEECH_LEVEL_DB_FS + path.gainDb - options.snrDb);
    this.micNoiseRms = noiseRms(paths.playbackToMic);
    this.speakerNoiseRms = noiseRms(paths.boardToSpeakerChannel);
    this.micNoise = new SeededNoise(seed, 5);
    this.speakerNoise = new SeededNoise(seed, 6);
    this.loopbackNoise = new SeededNoise(seed, 7);
    this.loopbackGain = gainOfDb(options.loopbackGainDb);
  }

  /** What the board's microphone hears while the rig plays this block. */
  hear(playback: Float32Array): Float32Array {
    this.playback.push(playback);
    const heard = this.mic.next();
    this.micNoise.addTo(heard, this.micNoiseRms);
    return heard;
  }

  /** What the rig captures in the block in which the board answered with this sound; `playback` as given to `hear`. */
  listen(playback: Float32Array, board: Float32Array): { speaker: Float32Array; loopback: Float32Array } {
    this.board.push(board);
    const speaker = this.speakerChannel.next();
    this.speakerNoise.addTo(speaker, this.speakerNoiseRms);
    const loopback = playback.map((value) => value * this.loopbackGain);
    this.loopbackNoise.addTo(loopback, this.loopbackNoiseRms);
    return { speaker, loopback };
  }
}
