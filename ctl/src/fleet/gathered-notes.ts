// Notes that come close together about many things and say the same, as one line: `web-1/api:api and 3 more: the connection broke`.

const GATHER_MS = 200;

export class GatheredNotes {
  readonly #say: (text: string) => Promise<void>;
  /** By what is said: about whom. */
  readonly #waiting = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(say: (text: string) => Promise<void>) {
    this.#say = say;
  }

  add(subject: string, text: string): void {
    const subjects = this.#waiting.get(text) ?? new Set();
    this.#waiting.set(text, subjects.add(subject));
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Says at once what waits. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = [...this.#waiting].map(([text, subjects]) => {
      const [first = ""] = subjects;
      return `${first}${subjects.size > 1 ? ` and ${subjects.size - 1} more` : ""}: ${text}`;
    });
    this.#waiting.clear();
    for (const line of lines) await this.#say(line);
  }
}
