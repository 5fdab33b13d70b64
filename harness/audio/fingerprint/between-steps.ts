/** Called between any two steps of long work, so that its thread can give way to others. */
export type BetweenSteps = () => void;

/** Does nothing. */
export const goOn: BetweenSteps = () => undefined;
