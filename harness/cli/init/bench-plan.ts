import type { PortChoice, ProviderProtocol, SampleFormat } from '../../ports';

/** Inputs by number, from 0. */
export interface PlannedInputs {
  readonly speaker: number;
  /** Absent: the output is not wired back. */
  readonly loopback?: number;
}

/** A rig with a sound card. */
export type PlannedRig = {
  readonly rateHz: number;
  readonly inputs: PlannedInputs;
} & (
  | {
      readonly kind: 'alsa';
      /** What stays the same of the card. */
      readonly card: string;
      /** What people call it. */
      readonly cardName: string;
      readonly inputCount: number;
      readonly outputCount: number;
      readonly format: SampleFormat;
    }
  | { readonly kind: 'pulse'; readonly sink: string; readonly source: string }
);

export type PlannedBoard =
  | { readonly kind: 'virtual'; readonly name: string; readonly dialect: string }
  | {
      readonly kind: 'serial';
      readonly name: string;
      readonly model: string;
      readonly port: PortChoice;
      /** What is plugged in there, for a comment; undefined: USB says nothing. */
      readonly portKind: string | undefined;
      readonly dialect: string;
      /** False: it reads nothing on this connector. Absent: as its dialect does. */
      readonly readsConsole?: false;
      /** It is asked by sound. */
      readonly hasSound: boolean;
      /** Absent: none was chosen yet. */
      readonly rig?: PlannedRig;
    };

/** What a bench file is to say. */
export interface BenchPlan {
  readonly name: string;
  readonly boards: readonly PlannedBoard[];
  readonly provider: {
    readonly kind: 'mock' | 'proxy';
    readonly protocol: ProviderProtocol;
    /** Address that it listens on. */
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
  };
}
