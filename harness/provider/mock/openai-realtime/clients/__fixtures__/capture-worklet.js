/* global AudioWorkletProcessor, registerProcessor */
/** Posts what passes through it in blocks of 2048 samples, mono. */
class Capture extends AudioWorkletProcessor {
  block = new Float32Array(2048);
  filled = 0;

  process([[input] = []]) {
    for (const sample of input ?? new Float32Array(128)) {
      this.block[this.filled++] = sample;
      if (this.filled < this.block.length) continue;
      this.port.postMessage(this.block.slice());
      this.filled = 0;
    }
    return true;
  }
}
registerProcessor('capture', Capture);
