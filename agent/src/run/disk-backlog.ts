// What a disk was given to do and has not done: orders by ticket, bytes by log. Pure.

interface Sent {
  readonly ticket: number;
  readonly bytes: number;
  readonly pieces: Int32Array;
}

/** Tickets have so many bits, and then begin again. */
const TICKET_MASK = 0x7fffffff;
const NO_PIECES = new Int32Array(0);

export class DiskBacklog {
  #ticket = 0;
  /** Oldest first. */
  #sent: Sent[] = [];
  #bytes = 0;
  readonly #bytesOf: number[] = [];

  /** Not written yet, of all logs. */
  get bytes(): number {
    return this.#bytes;
  }

  get orders(): number {
    return this.#sent.length;
  }

  /** Not written yet, of one log. */
  bytesOf(log: number): number {
    return this.#bytesOf[log] ?? 0;
  }

  /** Bytes that wait from now on; they belong to the next order with pieces. */
  add(log: number, bytes: number): void {
    this.#bytesOf[log] = this.bytesOf(log) + bytes;
    this.#bytes += bytes;
  }

  /** An order that is given now; answers its ticket. `pieces` holds the number of a log and a length, again and again. */
  give(pieces: Int32Array = NO_PIECES): number {
    this.#ticket = (this.#ticket + 1) & TICKET_MASK;
    let bytes = 0;
    for (let i = 1; i < pieces.length; i += 2) bytes += pieces[i] ?? 0;
    this.#sent.push({ ticket: this.#ticket, bytes, pieces });
    return this.#ticket;
  }

  /** Everything up to a ticket is done; answers whether that is news. */
  done(ticket: number): boolean {
    let count = 0;
    for (let next = this.#sent[0]; next !== undefined && isUpTo(next.ticket, ticket); next = this.#sent[count]) {
      this.#bytes -= next.bytes;
      for (let i = 0; i + 1 < next.pieces.length; i += 2) {
        const log = next.pieces[i] ?? 0;
        this.#bytesOf[log] = this.bytesOf(log) - (next.pieces[i + 1] ?? 0);
      }
      count += 1;
    }
    if (count > 0) this.#sent.splice(0, count);
    return count > 0;
  }

  /** Nothing of it will ever be done. */
  clear(): void {
    this.#sent = [];
    this.#bytes = 0;
    this.#bytesOf.length = 0;
  }
}

/** Numbers that wrap around are compared by their distance. */
function isUpTo(ticket: number, done: number): boolean {
  return ((done - ticket) & TICKET_MASK) <= TICKET_MASK >> 1;
}
