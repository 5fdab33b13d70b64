/** What the program has printed to stdout in this test. */
export interface Printed {
  readonly text: string;
  /** Forgets what was printed so far. */
  clear(): void;
}

/** Keeps what is printed to stdout during each test of the file, in place of printing it. */
export function keepPrinted(): Printed {
  let text = '';
  beforeEach(() => {
    text = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((piece) => {
      text += String(piece);
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());
  return {
    get text() {
      return text;
    },
    clear: () => {
      text = '';
    },
  };
}
