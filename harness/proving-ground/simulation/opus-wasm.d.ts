/** Types for the WebAssembly build in `@evan/opus` 1.0.3, which ships none; only what `opus-path.ts` uses. */
declare module '@evan/opus/wasm/index.js' {
  interface Coder {
    ctl(command: number, value?: number): number;
    /** Gives its memory back. */
    drop(): void;
  }
  export class Encoder implements Coder {
    constructor(options: { channels: 1 | 2; sample_rate: number; application: 'voip' | 'audio' });
    encode(samples: Int16Array): Uint8Array;
    ctl(command: number, value?: number): number;
    drop(): void;
  }
  export class Decoder implements Coder {
    constructor(options: { channels: 1 | 2; sample_rate: number });
    /** 16-bit samples, little-endian. */
    decode(packet: Uint8Array): Uint8Array;
    ctl(command: number, value?: number): number;
    drop(): void;
  }
}
