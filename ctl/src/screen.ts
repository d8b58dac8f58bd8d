// The whole terminal as one picture that is drawn again and again, on a page of its own: what was there before comes back.

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

export class Screen {
  readonly #terminal: NodeJS.WriteStream;
  readonly #onResize: () => void;
  #isOpen = false;

  /** `onResize` is called when the terminal has another size: draw again then. */
  constructor(terminal: NodeJS.WriteStream, onResize: () => void) {
    this.#terminal = terminal;
    this.#onResize = onResize;
  }

  get columns(): number {
    return this.#terminal.columns || 80;
  }

  get rows(): number {
    return this.#terminal.rows || 24;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#terminal.write(ENTER);
    this.#terminal.on("resize", this.#onResize);
    process.on("exit", this.#leave);
  }

  /** Lines from the top; those that do not fit are left out. A line must not be longer than the screen is wide. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const shown = lines.slice(0, this.rows);
    const text = shown.map((line) => `${line}${CLEAR_LINE}`).join("\r\n");
    this.#terminal.write(`${HOME}${text}${CLEAR_BELOW}`);
  }

  /** May be called twice. */
  close(): void {
    if (!this.#isOpen) return;
    process.off("exit", this.#leave);
    this.#terminal.off("resize", this.#onResize);
    this.#leave();
  }

  readonly #leave = (): void => {
    this.#isOpen = false;
    this.#terminal.write(LEAVE);
  };
}
