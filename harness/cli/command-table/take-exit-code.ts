/** Told once, by the command that ran, what the program exits with. */
export type TakeExitCode = (code: number) => void;
