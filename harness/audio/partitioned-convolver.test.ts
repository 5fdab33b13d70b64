import { ConvolverInput, PartitionedConvolver, partitionsOf } from './partitioned-convolver';

/** Park-Miller, enough for test signals. */
function noise(lengthSamples: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: lengthSamples }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  });
}

function direct(signal: Float32Array, response: Float32Array): Float64Array {
  const out = new Float64Array(signal.length);
  for (let n = 0; n < signal.length; n++)
    for (let k = 0; k < response.length && k <= n; k++) out[n]! += response[k]! * signal[n - k]!;
  return out;
}

function run(signals: Float32Array[], responses: Float32Array[], blockSamples: number): Float32Array {
  const inputs = responses.map((r) => new ConvolverInput(blockSamples, partitionsOf(r.length, blockSamples)));
  const convolver = new PartitionedConvolver(
    blockSamples,
    responses.map((response, i) => ({ input: inputs[i]!, response })),
  );
  const out = new Float32Array(signals[0]!.length);
  for (let at = 0; at < out.length; at += blockSamples) {
    inputs.forEach((input, i) => input.push(signals[i]!.subarray(at, at + blockSamples)));
    out.set(convolver.next(), at);
  }
  return out;
}

const largestError = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

describe('PartitionedConvolver', () => {
  it.each([
    [480, 1],
    [480, 480],
    [480, 481],
    [480, 1_537],
    [64, 200],
    [100, 1_000],
    [1, 5],
  ])('equals direct convolution with blocks of %i and a response of %i samples', (block, length) => {
    const signal = noise(block * 12, 7);
    const response = noise(length, 11);
    expect(largestError(run([signal], [response], block), direct(signal, response))).toBeLessThan(1e-4);
  });

  it('adds up inputs that have responses of different lengths', () => {
    const signals = [noise(960, 3), noise(960, 4)];
    const responses = [noise(130, 5), noise(700, 6)];
    const second = direct(signals[1]!, responses[1]!);
    const expected = direct(signals[0]!, responses[0]!).map((value, i) => value + second[i]!);
    expect(largestError(run(signals, responses, 96), expected)).toBeLessThan(1e-4);
  });

  it('equals direct convolution through silence that comes and goes, of one input and of both', () => {
    const response = noise(700, 6);
    const signals = [noise(96 * 40, 3), noise(96 * 40, 4)];
    // Ends and begins within a block; the response is longer than the first pause and shorter than the second.
    signals[0]!.fill(0, 96 * 4 + 30, 96 * 8 + 50);
    for (const signal of signals) signal.fill(0, 96 * 12 + 10, 96 * 30);
    const second = direct(signals[1]!, response);
    const expected = direct(signals[0]!, response).map((value, i) => value + second[i]!);
    const heard = run(signals, [response, response], 96);
    expect(largestError(heard, expected)).toBeLessThan(1e-4);
    expect(heard.subarray(96 * 22, 96 * 30).every((value) => value === 0)).toBe(true);
  });

  it('hands a click on without delay', () => {
    const signal = new Float32Array(480);
    signal[5] = 1;
    expect(
      largestError(
        run([signal], [Float32Array.of(0.5)], 480),
        signal.map((v) => v / 2),
      ),
    ).toBeLessThan(1e-7);
  });

  it('gives silence for an empty response', () => {
    expect(run([noise(96, 1)], [new Float32Array(0)], 48).every((value) => value === 0)).toBe(true);
  });

  it('lets two outputs share the transform of one input', () => {
    const input = new ConvolverInput(4, 2);
    const first = new PartitionedConvolver(4, [{ input, response: [0, 1] }]);
    const second = new PartitionedConvolver(4, [{ input, response: [0, 0, 0, 0, 1] }]);
    input.push(Float32Array.of(1, 2, 3, 4));
    input.push(Float32Array.of(5, 6, 7, 8));
    expect(Array.from(first.next(), Math.round)).toEqual([4, 5, 6, 7]);
    expect(Array.from(second.next(), Math.round)).toEqual([1, 2, 3, 4]);
  });

  it('refuses blocks of another length and histories that are too short', () => {
    expect(() => new ConvolverInput(4, 1).push(new Float32Array(3))).toThrow(RangeError);
    expect(() => new ConvolverInput(0, 1)).toThrow(RangeError);
    const input = new ConvolverInput(4, 1);
    expect(() => new PartitionedConvolver(4, [{ input, response: new Float32Array(5) }])).toThrow(RangeError);
  });
});
