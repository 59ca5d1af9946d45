// The page's side of the worker: a Store whose calls are messages. Where a worker cannot be made (no `worker-src blob:`
// in the page's policy, an old browser), the same store runs on this thread.

import workerScript from "jobtrail:worker";
import { init, moduleBytes } from "./index.js";
import { localStore } from "./store.js";
import type { LogRecord, SelectAnswer, Selection, Store, StoreOptions } from "./types.js";
import type { Answer, Call, Hello } from "./worker.js";

/** Returns a store in a worker of its own, or one on this thread if there can be no worker. */
export async function openStore(options: StoreOptions = {}): Promise<Store> {
  const worker = await startWorker(options);
  if (worker) return new RemoteStore(worker);
  await init();
  return localStore(options);
}

async function startWorker(options: StoreOptions): Promise<Worker | null> {
  if (typeof Worker === "undefined") return null;
  const wasm = await moduleBytes();
  const url = URL.createObjectURL(new Blob([workerScript], { type: "text/javascript" }));
  try {
    const worker = new Worker(url);
    return await new Promise<Worker | null>((resolve) => {
      const refuse = () => {
        worker.terminate();
        resolve(null);
      };
      // A policy that forbids the worker shows itself here, as an error event.
      worker.onerror = refuse;
      worker.onmessage = ({ data }: MessageEvent<Answer>) => ("ready" in data ? resolve(worker) : refuse());
      worker.postMessage({ wasm, options } satisfies Hello);
    });
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

class RemoteStore implements Store {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why the worker can no longer answer. */
  #broken: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    worker.onerror = (event) => this.#break(new Error(event.message || "the worker has stopped"));
  }

  append(source: string, bytes: Uint8Array): void {
    this.#send("append", [source, bytes], [bytes.buffer]);
  }

  begin(source: string, offset: number): void {
    this.#send("begin", [source, offset]);
  }

  settle(source: string): void {
    this.#send("settle", [source]);
  }

  select(selection: Selection): Promise<SelectAnswer> {
    return this.#ask("select", [selection]);
  }

  window(start: number, count: number): Promise<LogRecord[]> {
    return this.#ask("window", [start, count]);
  }

  text(start: number, count: number): Promise<string> {
    return this.#ask("text", [start, count]);
  }

  close(): void {
    this.#worker.terminate();
    this.#break(new Error("the store is closed"));
  }

  #send(method: Call["method"], args: unknown[], transfer: Transferable[] = []): void {
    this.#worker.postMessage({ id: null, method, args } satisfies Call, transfer);
  }

  #ask<T>(method: Call["method"], args: unknown[]): Promise<T> {
    if (this.#broken) return Promise.reject(this.#broken);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#worker.postMessage({ id, method, args } satisfies Call);
    });
  }

  #take(answer: Answer): void {
    if ("ready" in answer) return;
    // A call that wants no answer has failed: what follows would silently lack its lines.
    if (answer.id === null) {
      this.#break(new Error(answer.error));
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value as never);
  }

  #break(error: Error): void {
    this.#broken = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
