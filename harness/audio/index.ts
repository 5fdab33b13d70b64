export {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  MAX_FRAME_BYTES,
  type AudioLinkFrame,
  type AudioLinkHello,
  type AudioLinkWelcome,
  type LinkTruth,
  type MicBlock,
  type SpeakerBlock,
  type SpeakerSpan,
  type UplinkMark,
} from './audio-link';
export type { MultiChannelClip, PcmClip } from './pcm-clip';
