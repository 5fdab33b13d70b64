import { WiredRig } from './__fixtures__/wired-rig';
import { withRoundTrip } from './with-round-trip';

it('adds the round trip and leaves everything else to the rig', async () => {
  const rig = new WiredRig();
  const calibrated = withRoundTrip(rig, { ms: 25, uncertaintyMs: 0.4 });
  expect(calibrated.roundTrip).toEqual({ ms: 25, uncertaintyMs: 0.4 });
  expect(calibrated).toMatchObject({ name: 'wired rig', rateHz: 48_000, topology: 'loopback' });
  await calibrated.capture(0, 960);
  expect([rig.position, calibrated.position]).toEqual([960, 960]);
  calibrated.mute();
  await calibrated.close();
  expect([rig.muted, rig.closed]).toEqual([1, true]);
});
