import { createInterface } from 'node:readline/promises';

/** Asks a person; every question has an answer that an empty line gives. */
export interface Asker {
  say(text: string): void;
  /** @param check - What is wrong with an answer; undefined: nothing. The question is asked again then. */
  ask(question: string, proposed: string, check?: (answer: string) => string | undefined): Promise<string>;
  close(): void;
}

/** Takes what is proposed, without a word. */
export const silentAsker: Asker = {
  say: () => undefined,
  ask: (_question, proposed) => Promise.resolve(proposed),
  close: () => undefined,
};

/** The person is gone: Ctrl-C, Ctrl-D, or a pipe that ended. */
export class NobodyAnswers extends Error {}

/** Asks on a terminal. */
export function terminalAsker(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asker {
  const terminal = createInterface({ input, output });
  // Whoever types ahead, or pastes, is not to lose a line: `question` hears those alone that come after it.
  const typed: string[] = [];
  let isGone = false;
  let wake = (): void => undefined;
  terminal.on('line', (line) => {
    typed.push(line);
    wake();
  });
  terminal.once('close', () => {
    isGone = true;
    wake();
  });
  terminal.once('SIGINT', () => terminal.close());
  const nextLine = async (question: string): Promise<string> => {
    output.write(question);
    while (typed.length === 0 && !isGone) await new Promise<void>((resolve) => (wake = resolve));
    const line = typed.shift();
    if (line === undefined) throw new NobodyAnswers('Nobody answers any more.');
    return line.trim();
  };
  return {
    say: (text) => void output.write(`${text}\n`),
    async ask(question, proposed, check = () => undefined) {
      for (;;) {
        const answer = (await nextLine(`${question} [${proposed}] `)) || proposed;
        const wrong = check(answer);
        if (wrong === undefined) return answer;
        output.write(`${wrong}\n`);
      }
    },
    close: () => terminal.close(),
  };
}
