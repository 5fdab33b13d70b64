import type { AudioRig } from '../../ports';

/**
 * The same rig with the round trip of its calibration. Everything else is the rig's own, what adapters add to the port
 * included; its methods run on the rig itself, whose fields they change.
 */
export const withRoundTrip = (rig: AudioRig, roundTrip: NonNullable<AudioRig['roundTrip']>): AudioRig =>
  new Proxy(rig, {
    get(target, key) {
      if (key === 'roundTrip') return roundTrip;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
