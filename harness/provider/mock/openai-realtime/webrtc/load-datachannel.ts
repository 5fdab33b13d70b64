import type * as DataChannel from 'node-datachannel';
import { ProviderError } from '../../../../errors';

export type DataChannelLibrary = typeof DataChannel;

let loaded: Promise<DataChannelLibrary> | undefined;
let users = 0;

/** Its binary fails to load where none was built for this platform. */
async function load(): Promise<DataChannelLibrary> {
  try {
    const library = await import('node-datachannel');
    library.getLibraryVersion();
    return library;
  } catch (cause) {
    const { platform, arch } = process;
    const message = `WebRTC cannot be served on this machine: node-datachannel has no binary for ${platform}-${arch}.`;
    throw new ProviderError('HIL_PROVIDER_WEBRTC_UNAVAILABLE', message, { platform, arch }, { cause });
  }
}

/**
 * The WebRTC library, loaded for the first call, so that nobody else pays for it. Each success needs one `unloadDataChannel`.
 * @throws ProviderError `HIL_PROVIDER_WEBRTC_UNAVAILABLE`.
 */
export async function loadDataChannel(): Promise<DataChannelLibrary> {
  const library = await (loaded ??= load());
  users++;
  return library;
}

/** Ends the library's threads once its last user has gone; they keep a process alive. */
export async function unloadDataChannel(): Promise<void> {
  if (loaded === undefined || --users > 0) return;
  const library = await loaded;
  if (users === 0) library.cleanup();
}
