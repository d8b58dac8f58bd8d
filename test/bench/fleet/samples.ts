// Durations and what they amount to.

export class Samples {
  #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
  }

  get count(): number {
    return this.#values.length;
  }

  clear(): void {
    this.#values = [];
  }

  /** The nearest rank; NaN when there are none. */
  percentile(percent: number): number {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
  }

  /** "p50 1.2  p99 8.1  max 20.3 ms". */
  toString(): string {
    const [p50, p99, max] = [50, 99, 100].map((percent) => this.percentile(percent).toFixed(1));
    return `p50 ${p50}  p99 ${p99}  max ${max} ms  (${this.count})`;
  }
}
