import type { ModemLines, ModemWiring } from './modem-lines';

/** DTR and RTS changed places on their way to the board. */
export const swapped = (wiring: ModemWiring): ModemWiring => ({
  set: ({ dtr, rts }: ModemLines) => wiring.set({ dtr: rts, rts: dtr }),
});

/** An adapter with three wires: neither line goes to the board. */
export const unwired: ModemWiring = { set: () => undefined };
