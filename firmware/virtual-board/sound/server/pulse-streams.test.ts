import { hostClock } from '../../board-clock';
import { ManualClock } from '../../testing/manual-clock';
import { Arrivals } from '../../testing/expectations';
import { openPulseStreams, type PulseStreamsOptions } from './pulse-streams';

/** A program of the server's in two lines of shell: `-d NAME` and all other arguments are ignored. */
const program = (script: string): readonly string[] => ['sh', '-c', script, 'sh'];
/** Delivers a block every 20 ms until it is ended. */
const recorder = () => program('while printf %0960d 0; do sleep 0.02; done');
const player = (then = 'exec cat >/dev/null') =>
  program(`echo 'Connected to device speaker (index: 0, suspended: no).' >&2; ${then}`);

function options(programs: Partial<NonNullable<PulseStreamsOptions['programs']>> = {}) {
  const heard = new Arrivals<Buffer>();
  const lost = new Arrivals<string>();
  const xruns = new Arrivals<'underrun' | 'overrun'>();
  const queued = new Arrivals<number>();
  return {
    heard,
    lost,
    xruns,
    queued,
    source: 'mic',
    sink: 'speaker',
    latencyMs: 60,
    clock: hostClock,
    programs: { record: recorder(), play: player(), ...programs },
    onHeard: (bytes: Buffer) => heard.add(bytes),
    onXrun: (kind: 'underrun' | 'overrun') => xruns.add(kind),
    onQueued: (samples: number) => queued.add(samples),
    onLost: (reason: string) => lost.add(reason),
  };
}

describe('openPulseStreams', () => {
  it('is up once the source delivers and the sink is there, and hands on what comes', async () => {
    const given = options();
    const streams = await openPulseStreams(given);
    expect((await given.heard.at(0)).length).toBeGreaterThan(0);
    await streams.close();
    await streams.close();
    expect(given.lost.all).toEqual([]);
  });

  it.each([
    [
      'a source that does not exist',
      { record: program(`echo 'Stream error: No such entity' >&2; exit 1`) },
      'parec of mic ended (exit code 1): Stream error: No such entity',
    ],
    [
      'a server that is not there',
      { play: program(`printf 'Connection failure: Connection refused\\n' >&2; exit 1`) },
      'pacat to speaker ended (exit code 1): Connection failure: Connection refused',
    ],
    [
      'a program that is not installed',
      { record: ['no-such-parec'] },
      /^parec of mic ended \(exit code 127\): env: .*no-such-parec.*: No such file or directory$/,
    ],
  ])('says of %s what its program said', async (_, programs, message) => {
    await expect(openPulseStreams(options(programs))).rejects.toThrow(message);
  });

  it('does not wait for ever for a server that hangs', async () => {
    const clock = new ManualClock();
    const given = { ...options({ play: program('exec sleep 60') }), clock };
    const opening = expect(openPulseStreams(given)).rejects.toThrow(
      'mic and speaker did not both open within 10000 ms',
    );
    clock.advance(10_000);
    await opening;
  });

  it('is lost when a stream ends, and says what was said of it', async () => {
    const given = options({ play: player(`read -r line; echo 'Stream error: Entity killed' >&2; exit 1`) });
    const streams = await openPulseStreams(given);
    streams.play(Buffer.from('\n'));
    expect(await given.lost.at(0)).toBe('pacat to speaker ended (exit code 1): Stream error: Entity killed');
    await streams.close();
    expect(given.lost.all).toHaveLength(1);
  });

  it('is lost when the source has hung', async () => {
    const clock = new ManualClock();
    const given = { ...options(), clock };
    const streams = await openPulseStreams(given);
    await given.heard.at(0);
    clock.advance(5_000);
    expect(await given.lost.at(0)).toBe('parec of mic delivered nothing within 5000 ms');
    await streams.close();
  });

  it('is lost when the sink takes nothing, before what waits for it fills the memory', async () => {
    const given = options({ play: player('exec sleep 60') });
    const streams = await openPulseStreams(given);
    for (let block = 0; given.lost.all.length === 0 && block < 1_000; block++)
      streams.play(Buffer.alloc(960));
    expect(await given.lost.at(0)).toBe('pacat to speaker takes no more sound');
    await streams.close();
  });

  it('is lost when the server moves a stream to another device', async () => {
    const moved = `read -r line; echo 'Stream moved to device other (1, not suspended).' >&2; exec cat >/dev/null`;
    const given = options({ play: player(moved) });
    const streams = await openPulseStreams(given);
    streams.play(Buffer.from('\n'));
    expect(await given.lost.at(0)).toContain('Stream moved to device other');
    await streams.close();
  });

  it('tells each time that the sink had nothing to play, between reports of progress', async () => {
    const said = `read -r line; printf 'Time: 0.1 sec; Latency: 20 usec.   \\rStream underrun.\\nTime: 0.2 sec; \\rStream underrun.\\n' >&2; exec cat >/dev/null`;
    const given = options({ play: player(said) });
    const streams = await openPulseStreams(given);
    streams.play(Buffer.from('\n'));
    await given.xruns.at(1);
    await streams.close();
    expect(given.xruns.all).toEqual(['underrun', 'underrun']);
  });

  it('tells how much is in hand, which stands still with the time of a sink that plays nothing', async () => {
    const said = `read -r line; printf 'Time: 0.050 sec; Latency: 20 usec.   \\rTime: 0.050 sec; \\r' >&2; exec cat >/dev/null`;
    const given = options({ play: player(said) });
    const streams = await openPulseStreams(given);
    streams.play(Buffer.from(`${' '.repeat(2 * 4_800 - 1)}\n`));
    await given.queued.at(1);
    await streams.close();
    expect(given.queued.all).toEqual([2_400, 2_400]);
  });

  it('tells that what the source delivered was not taken in time', async () => {
    const record = program(`while printf %0960d 0; do sleep 0.02; echo 'Stream overrun.' >&2; done`);
    const given = options({ record });
    const streams = await openPulseStreams(given);
    expect(await given.xruns.at(0)).toBe('overrun');
    await streams.close();
  });
});
