// How far a long evaluation is, on stderr: a bar on a terminal, a line now and then elsewhere.

export interface Progress {
  /** One more is done. */
  tick(): void;
  /** Ends the bar; nothing is drawn afterwards. */
  end(): void;
}

const widthCells = 30;
/** Elsewhere than on a terminal a line is written each time this share more is done. */
const lineShare = 0.25;

/** Draws the progress of `total` steps of one sort. `write` and `isTerminal` are those of stderr. */
export function progressOf(what: string, total: number, write: (text: string) => void, isTerminal: boolean): Progress {
  let done = 0;
  let told = 0;
  const draw = (): void => {
    const filled = Math.round((done / total) * widthCells);
    write(`\rahual: ${what} [${'='.repeat(filled)}${' '.repeat(widthCells - filled)}] ${done} of ${total}`);
  };
  return {
    tick() {
      done = Math.min(total, done + 1);
      if (isTerminal) draw();
      else if (done / total >= told + lineShare || done === total) {
        told = done / total;
        write(`ahual: ${what}: ${done} of ${total}\n`);
      }
    },
    end() {
      if (isTerminal && done > 0) write('\n');
    },
  };
}
