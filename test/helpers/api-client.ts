// A client of the controller's HTTP API for tests: JSON in and out, with a bearer token.

/** The API refused: status and the error it told. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP ${status}: ${body}`);
  }
}

export class ApiClient {
  constructor(
    readonly url: string,
    readonly token: string | null,
    /** Further headers of every request, such as a session's. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get<T>(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<T> {
    const words = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
    const text = new URLSearchParams(words).toString();
    return this.#call<T>("GET", text === "" ? path : `${path}?${text}`);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>("POST", path, body);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...this.headers,
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ApiRefusal(answer.status, text);
    // An answer of 204 has nothing in it.
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}
