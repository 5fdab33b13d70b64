import { HilError, toWireError } from '../../errors';
import { HostFailure, type HostProcess } from '../../host';
import { Lane, type LaneEnd, type LaneWork } from './lane';

const died = new HilError('HIL_HOST_DIED', 'The host process ended by itself.');
const crashed = new HilError('HIL_HARNESS_UNEXPECTED', 'Jest ended with SIGKILL.');

/** A promise that a test settles. */
function resolvable<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((settle, refuse) => {
    resolve = settle;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** A host and suites that do what a test says. */
class FakeParts {
  readonly calls: string[] = [];
  readonly said: string[] = [];
  /** What of the bench does not close. */
  unclosed: HilError | undefined;
  private readonly opening = resolvable<string>();
  private readonly hostEnd = resolvable<HilError | undefined>();
  private readonly workEnd = resolvable<HilError | undefined>();
  private readonly begun = resolvable<true>();
  readonly lane: Lane;

  constructor(
    { runPath, refusal }: { readonly runPath?: string; readonly refusal?: Error } = { runPath: '/runs/a' },
  ) {
    this.opening.promise.catch(() => undefined);
    const host: HostProcess = {
      ready: this.opening.promise,
      ended: this.hostEnd.promise,
      runPath,
      unrecorded: [],
      answer: () => undefined,
      close: async () => {
        this.calls.push('host closed');
        this.hostEnd.resolve(undefined);
        this.opening.reject(died);
        await this.hostEnd.promise;
        return this.unclosed;
      },
      kill: () => {
        this.calls.push('host killed');
        this.hostEnd.resolve(undefined);
        this.opening.reject(died);
      },
    };
    const begin = (): LaneWork => {
      this.calls.push('suites begun');
      this.begun.resolve(true);
      if (refusal !== undefined) throw refusal;
      return {
        ended: this.workEnd.promise,
        kill: () => {
          this.calls.push('suites killed');
          this.workEnd.resolve(undefined);
        },
      };
    };
    this.lane = new Lane(host, begin, (text) => this.said.push(text));
  }

  open(): Promise<true> {
    this.opening.resolve('/socket');
    return this.begun.promise;
  }
  fail(error: Error): void {
    this.opening.reject(error);
  }
  hostDies(): void {
    this.hostEnd.resolve(died);
  }
  suitesEnd(error?: HilError): void {
    this.workEnd.resolve(error);
  }
}

const codesOf = ({ findings }: LaneEnd): string[] => findings.map(({ code }) => code);

describe('Lane', () => {
  it('ends when its suites have ended, and closes its host then', async () => {
    const parts = new FakeParts();
    await parts.open();
    parts.suitesEnd();
    expect(await parts.lane.ended).toEqual({ runPath: '/runs/a', findings: [], interrupted: false });
    expect(parts.calls).toEqual(['suites begun', 'suites killed', 'host closed']);
  });

  it('says what of its bench did not close, and is judged all the same', async () => {
    const parts = new FakeParts();
    parts.unclosed = new HilError('HIL_HOST_DIED', 'The bench did not close within 10000 ms and was ended.');
    await parts.open();
    parts.suitesEnd();
    expect((await parts.lane.ended).findings).toEqual([]);
    expect(parts.said).toEqual([expect.stringContaining('did not close within 10000 ms')]);
  });

  it('has a finding of the harness for a host that died, and ends its suites', async () => {
    const parts = new FakeParts();
    await parts.open();
    parts.hostDies();
    const end = await parts.lane.ended;
    expect(end.findings).toMatchObject([{ code: 'HIL_HOST_DIED', origin: 'harness' }]);
    expect(parts.calls).toContain('suites killed');
  });

  it('has one for suites that died', async () => {
    const parts = new FakeParts();
    await parts.open();
    parts.suitesEnd(crashed);
    expect(codesOf(await parts.lane.ended)).toEqual(['HIL_HARNESS_UNEXPECTED']);
  });

  it('says nothing again of a bench that did not open, which its host has recorded', async () => {
    const parts = new FakeParts();
    parts.fail(new HostFailure(toWireError(new HilError('HIL_BENCH_PREFLIGHT', 'No sound.'))));
    expect(await parts.lane.ended).toEqual({ runPath: '/runs/a', findings: [], interrupted: false });
    expect(parts.said.join()).toContain('No sound.');
  });

  it('gives the error of one that has no run folder to record it in', async () => {
    const error = new HostFailure(toWireError(new HilError('HIL_CONFIG_USAGE', 'No such dialect.')));
    const parts = new FakeParts({});
    parts.fail(error);
    expect(await parts.lane.ended).toEqual({ runPath: undefined, findings: [], error, interrupted: false });
  });

  it('records why its suites could not begin', async () => {
    const parts = new FakeParts({
      runPath: '/runs/a',
      refusal: new HilError('HIL_BASELINE_DIFFERENT', 'Another rig.'),
    });
    await parts.open();
    expect(codesOf(await parts.lane.ended)).toEqual(['HIL_BASELINE_DIFFERENT']);
  });

  it('closes in order when it is interrupted, finding nothing in that, and at once the second time', async () => {
    const parts = new FakeParts();
    await parts.open();
    parts.lane.interrupt();
    parts.lane.interrupt();
    expect(await parts.lane.ended).toEqual({ runPath: '/runs/a', findings: [], interrupted: true });
    expect(parts.calls).toEqual(expect.arrayContaining(['suites killed', 'host closed', 'host killed']));
  });

  it('begins no suites when it is interrupted while its bench opens', async () => {
    const parts = new FakeParts();
    parts.lane.interrupt();
    expect(await parts.lane.ended).toMatchObject({ findings: [], interrupted: true });
    expect(parts.calls).not.toContain('suites begun');
  });
});
