// Figures of an instance and all its processes over one minute or hour as one value, small enough to keep many.
//
//   names  the processes, GROUP:NAME, with a line break between, sorted: the same text for every minute, and for hosts that run the same
//   data   entries of 14 bytes: the host, the host's load and total memory, then a process each in the order of the names
//   entry  byte 0 and 1: how many samples of CPU and of memory, at most 255; 0 for none
//          then min, avg, max of CPU in hundredths of a percent, and min, avg, max of memory in KiB
//          each a number of 16 bits, little-endian: 6 bits exponent, 10 bits fraction; exact below 2048, beyond to 0.05 %
//
// Of the second entry CPU is the load average in hundredths and memory the total.
import { type Figures, mergeFigures, NO_FIGURES, type Tally } from "./metrics.js";

export interface Packed {
  readonly names: string;
  readonly data: Uint8Array;
}

export const ENTRY_BYTES = 14;
/** Entries before those of the processes. */
export const HOST_ENTRIES = 2;

const MOST_COUNT = 255;
const FRACTION = 1024;
const MOST_CODE = 0xffff;
const KIB = 1024;
/** Of a percent. */
const HUNDREDTHS = 100;

/** A number from 0 as 16 bits; rising numbers have rising codes. */
export function encodeSmall(value: number): number {
  const whole = Math.round(value);
  if (!(whole > 0)) return 0;
  if (whole < 2 * FRACTION) return whole;
  const exponent = Math.floor(Math.log2(whole)) - 10;
  // What rounds up to the next power of two is that power's first code.
  const code = (exponent + 1) * FRACTION + Math.round(whole / 2 ** exponent) - FRACTION;
  return Math.min(code, MOST_CODE);
}

export function decodeSmall(code: number): number {
  if (code < FRACTION) return code;
  return (FRACTION + (code % FRACTION)) * 2 ** (Math.floor(code / FRACTION) - 1);
}

/** `figures` are of the host, of its load and total memory, and of each name. */
export function pack(names: string, figures: readonly Figures[]): Packed {
  const data = new Uint8Array(figures.length * ENTRY_BYTES);
  const view = new DataView(data.buffer);
  figures.forEach(({ cpu, memory }, index) => {
    const at = index * ENTRY_BYTES;
    data[at] = Math.min(cpu?.count ?? 0, MOST_COUNT);
    data[at + 1] = Math.min(memory?.count ?? 0, MOST_COUNT);
    if (cpu !== null) putTally(view, at + 2, cpu, HUNDREDTHS);
    if (memory !== null) putTally(view, at + 8, memory, 1 / KIB);
  });
  return { names, data };
}

function putTally(view: DataView, at: number, { min, avg, max }: Tally, unit: number): void {
  view.setUint16(at, encodeSmall(min * unit), true);
  view.setUint16(at + 2, encodeSmall(avg * unit), true);
  view.setUint16(at + 4, encodeSmall(max * unit), true);
}

/** One entry; none where the data has no such. */
export function figuresAt(data: Uint8Array, index: number): Figures {
  const at = index * ENTRY_BYTES;
  if (at + ENTRY_BYTES > data.length) return NO_FIGURES;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    cpu: tallyAt(view, at + 2, data[at] ?? 0, 1 / HUNDREDTHS),
    memory: tallyAt(view, at + 8, data[at + 1] ?? 0, KIB),
  };
}

function tallyAt(view: DataView, at: number, count: number, unit: number): Tally | null {
  if (count === 0) return null;
  const number = (offset: number) => decodeSmall(view.getUint16(at + offset, true)) * unit;
  return { count, min: number(0), avg: number(2), max: number(4) };
}

/** Where in the data a process is; null when it is not in it. */
export function entryOf(names: string, key: string): number | null {
  const place = names.split("\n").indexOf(key);
  return place < 0 || key === "" ? null : place + HOST_ENTRIES;
}

/** Several times together. Null for none. */
export function mergePacked(all: readonly Packed[]): Packed | null {
  const [first] = all;
  if (first === undefined || all.length === 1) return first ?? null;
  const host: Figures[] = Array.from({ length: HOST_ENTRIES }, () => NO_FIGURES);
  const processes = new Map<string, Figures>();
  for (const { names, data } of all) {
    for (let entry = 0; entry < HOST_ENTRIES; entry++) {
      host[entry] = mergeFigures(host[entry] ?? NO_FIGURES, figuresAt(data, entry));
    }
    if (names === "") continue;
    names.split("\n").forEach((name, place) => {
      const figures = figuresAt(data, place + HOST_ENTRIES);
      processes.set(name, mergeFigures(processes.get(name) ?? NO_FIGURES, figures));
    });
  }
  const sorted = [...processes.keys()].sort();
  return pack(sorted.join("\n"), [...host, ...sorted.map((name) => processes.get(name) ?? NO_FIGURES)]);
}
