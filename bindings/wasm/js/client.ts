// Where lines come from over HTTP: a stream of server-sent events, or a text file that is read again as it grows.
// The answer's content type says which. One request at a time; failures are told and tried again with back-off.

import { readEvents } from "./events.js";
import type { Sink, Source } from "./types.js";

/** How to read a source. */
export interface SourceOptions {
  /** Milliseconds between looks at a file that may have grown; 0 never looks again. Default 2000. */
  refreshMs?: number;
  /** The function that fetches; default: the platform's. */
  fetch?: typeof fetch;
}

/** Longest wait between two tries. */
const MAX_RETRY_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LINE_FEED = 10;
/** How many of the last bytes are compared to see that a file is still the same one. */
const OVERLAP_BYTES = 1024;

/**
 * Returns a source that reads `url`: server-sent events (`event: lines`, see the server's `/api/logs/live`), or any
 * text or JSON Lines document, asked for again with `Range` as it grows.
 */
export function openUrl(url: string, options: SourceOptions = {}): Source {
  return new UrlSource(url, options);
}

/** A request that did not succeed, in words for people. */
class HttpFailure extends Error {
  constructor(
    message: string,
    readonly status: number | null,
  ) {
    super(message);
  }
}

/** The data of `event: lines`; bytes of the source before redaction. */
interface LinesEvent {
  source: string;
  offset?: number;
  end?: number;
  text: string;
}

class UrlSource implements Source {
  readonly #url: string;
  readonly #name: string;
  readonly #refreshMs: number;
  readonly #fetch: typeof fetch;
  #closed = new AbortController();
  #wake: () => void = () => {};
  #lastEventId = "";
  /** Where the lines of each streamed source have ended. */
  readonly #ends = new Map<string, number>();
  /** Bytes of the file given so far, and the last of them. */
  #given = 0;
  #givenBefore = -1;
  #settled = 0;
  #tail = new Uint8Array(0);

  constructor(url: string, options: SourceOptions) {
    this.#url = url;
    this.#name = nameOf(url);
    this.#refreshMs = options.refreshMs ?? 2000;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  open(sink: Sink): void {
    this.#closed = new AbortController();
    void this.#run(sink, this.#closed.signal);
  }

  retry(): void {
    this.#wake();
  }

  close(): void {
    this.#closed.abort();
    this.#wake();
  }

  async #run(sink: Sink, closed: AbortSignal): Promise<void> {
    let failures = 0;
    sink.state({ kind: "loading" });
    while (!closed.aborted) {
      let waitMs = this.#refreshMs;
      try {
        const streamed = await this.#once(sink, closed);
        failures = 0;
        if (streamed) {
          // Proxies and restarts end streams all the time: the first try again is not worth a word.
          await this.#wait(FIRST_RETRY_MS);
          continue;
        }
        this.#settle(sink);
        sink.state({ kind: waitMs === 0 ? "ended" : "live" });
        if (waitMs === 0) return;
      } catch (error) {
        if (closed.aborted) return;
        waitMs = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
        failures += 1;
        sink.state({
          kind: "failed",
          message: wordsFor(error),
          status: error instanceof HttpFailure ? error.status : null,
          retryAtMs: Date.now() + waitMs,
        });
      }
      await this.#wait(waitMs);
    }
  }

  /** One request. Returns true if it was a stream (which has then ended), false if a document. */
  async #once(sink: Sink, closed: AbortSignal): Promise<boolean> {
    const headers: { [name: string]: string } = { Accept: "text/event-stream, text/plain;q=0.9, */*;q=0.8" };
    const from = Math.max(0, this.#given - this.#tail.length);
    if (this.#lastEventId !== "") headers["Last-Event-ID"] = this.#lastEventId;
    else if (this.#given > 0) headers.Range = `bytes=${from}-`;
    const response = await this.#fetch(this.#url, { headers, signal: closed, cache: "no-store" });
    if (response.status === 416 && this.#given > 0) {
      this.#startAnew(sink);
      return this.#once(sink, closed);
    }
    if (!response.ok) throw await failureOf(response);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      await this.#stream(response, sink);
      return true;
    }
    if (this.#given === 0) {
      // Our own tails say where in the file they start.
      const offset = Number(response.headers.get("x-jobtrail-offset") ?? 0);
      if (offset > 0) sink.begin(this.#name, offset);
      for await (const chunk of bodyOf(response)) this.#give(chunk, sink);
    } else {
      this.#more(new Uint8Array(await response.arrayBuffer()), response.status === 206 ? from : 0, sink);
    }
    return false;
  }

  async #stream(response: Response, sink: Sink): Promise<void> {
    const encoder = new TextEncoder();
    sink.state({ kind: "live" });
    for await (const event of readEvents(bodyOf(response))) {
      if (event.id !== null) this.#lastEventId = event.id;
      if (event.name === "lines") {
        const { source, offset = 0, end, text } = JSON.parse(event.data) as LinesEvent;
        // Tails start somewhere in the file, and a stream that was broken may come back behind a gap.
        if ((this.#ends.get(source) ?? 0) !== offset) sink.begin(source, offset);
        if (end !== undefined) this.#ends.set(source, end);
        sink.lines(source, encoder.encode(text));
      } else if (event.name === "reset") {
        const { source } = JSON.parse(event.data) as LinesEvent;
        this.#ends.set(source, 0);
        sink.begin(source, 0);
      }
    }
  }

  /**
   * Gives what is new in `body`, which starts at byte `start` of the document. What was given before must still be
   * there: at its place in a file that grew, or further up in an endpoint that shows the last bytes only.
   */
  #more(body: Uint8Array, start: number, sink: Sink): void {
    const known = this.#tail;
    const grown = this.#given - start;
    const fresh = sameAt(body, known, grown - known.length) ? grown : endIn(body, known);
    if (fresh > 0) {
      this.#given = start + fresh;
      this.#give(body.subarray(fresh), sink);
    } else {
      this.#startAnew(sink);
      if (start === 0) this.#give(body, sink);
      else queueMicrotask(() => this.retry());
    }
  }

  /** A last line without its line feed is shown once the file has not grown from one look to the next. */
  #settle(sink: Sink): void {
    const rests = this.#refreshMs === 0 || this.#given === this.#givenBefore;
    if (rests && this.#given !== this.#settled && this.#tail.at(-1) !== LINE_FEED) {
      this.#settled = this.#given;
      sink.settle(this.#name);
    }
    this.#givenBefore = this.#given;
  }

  #startAnew(sink: Sink): void {
    this.#given = 0;
    this.#tail = new Uint8Array(0);
    sink.begin(this.#name, 0);
  }

  #give(bytes: Uint8Array, sink: Sink): void {
    if (bytes.length === 0) return;
    this.#given += bytes.length;
    const kept = this.#tail.subarray(Math.max(0, this.#tail.length + bytes.length - OVERLAP_BYTES));
    const last = bytes.subarray(Math.max(0, bytes.length - OVERLAP_BYTES));
    const tail = new Uint8Array(Math.min(OVERLAP_BYTES, kept.length + last.length));
    tail.set(last, tail.length - last.length);
    tail.set(kept.subarray(Math.max(0, kept.length + last.length - tail.length)), 0);
    this.#tail = tail;
    sink.lines(this.#name, bytes.slice());
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closed.signal.aborted) this.#wake();
    });
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof HttpFailure) return error.message;
  // What fetch says of a lost network is worded differently in every browser.
  return error instanceof SyntaxError ? "the server sent an event that is no JSON" : "the server cannot be reached";
}

/** What a document is called: the source that the address asks for, else the last part of its path. */
function nameOf(url: string): string {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return searchParams.get("source") ?? decodeURIComponent(pathname.split("/").filter(Boolean).at(-1) ?? url);
}

async function failureOf(response: Response): Promise<HttpFailure> {
  const said = await response
    .json()
    .then((body: { error?: unknown }) => (typeof body.error === "string" ? body.error : ""))
    .catch(() => "");
  const words = response.status === 404 ? "not found" : response.statusText || "the server refused";
  return new HttpFailure(`${said || words} (${response.status})`, response.status);
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function sameAt(body: Uint8Array, part: Uint8Array, at: number): boolean {
  return at >= 0 && at + part.length <= body.length && part.every((byte, index) => byte === body[at + index]);
}

/** Where `part` ends in `body`, which may have lost its first lines; 0 if not a line of it is there. */
function endIn(body: Uint8Array, part: Uint8Array): number {
  for (let at = body.length - part.length; at >= 0; at -= 1) if (sameAt(body, part, at)) return at + part.length;
  for (let from = 1; from < part.length; from += 1) {
    const rest = part.subarray(from);
    if (part[from - 1] === LINE_FEED && sameAt(body, rest, 0)) return rest.length;
  }
  return 0;
}
