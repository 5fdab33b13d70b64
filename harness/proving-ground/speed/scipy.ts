import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Sizes of a correlation, in samples. */
export interface CorrelationSizes {
  readonly soundSamples: number;
  readonly referenceSamples: number;
}

/** SciPy beside us, in a process of its own. */
export interface Scipy {
  readonly version: string;
  /** Milliseconds that one `signal.correlate(method='fft')` in float64 takes, by Python's own clock. */
  correlateMs(): Promise<number>;
  close(): void;
}

/** Correlates for each line that comes, and answers with the milliseconds; the first line it prints is SciPy's version. */
const SERVER = `
import sys, time
import numpy, scipy, scipy.signal
random = numpy.random.default_rng(1)
sound, reference = (random.standard_normal(int(length)) for length in sys.argv[1:3])
for _ in range(3):
    scipy.signal.correlate(sound, reference, method='fft')
print(scipy.__version__, flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    scipy.signal.correlate(sound, reference, method='fft')
    print((time.perf_counter() - started) * 1000, flush=True)
`;

/** Starts Python and warms SciPy up. @returns undefined where either is missing. */
export async function openScipy(
  { soundSamples, referenceSamples }: CorrelationSizes,
  command = 'python3',
): Promise<Scipy | undefined> {
  const python = spawn(command, ['-c', SERVER, String(soundSamples), String(referenceSamples)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = Promise.race([once(python, 'close'), once(python, 'error')]).then(
    () => undefined,
    () => undefined,
  );
  // A process that is not there takes no input; that it is not there shows in `ended`.
  python.stdin.on('error', () => undefined);
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | undefined> => {
    const line = await Promise.race([lines.next(), ended]);
    return line === undefined || line.done === true ? undefined : line.value;
  };
  const version = await nextLine();
  if (version === undefined) return undefined;
  return {
    version,
    async correlateMs() {
      python.stdin.write('\n');
      const answer = Number(await nextLine());
      if (Number.isNaN(answer)) throw new Error(`SciPy ${version} ended in the middle of the measurement.`);
      return answer;
    },
    close: () => void python.stdin.end(),
  };
}
