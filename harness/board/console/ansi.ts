// CSI sequences: colours, and what a REPL in smart mode sends to place the cursor.
// eslint-disable-next-line no-control-regex -- escape sequences are control characters
const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/g;
// eslint-disable-next-line no-control-regex -- smart mode ends its queries with a NUL
const NUL = /\x00/g;

/** Text without NULs and terminal control sequences. NULs go first: a query in smart mode carries one inside the stream. */
export const stripTerminalControl = (text: string): string => text.replace(NUL, '').replace(CSI, '');
