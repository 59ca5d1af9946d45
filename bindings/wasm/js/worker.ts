// The worker's side: a store that answers messages. Bundled by build.mjs into a script of its own.

import { init } from "./index.js";
import { localStore } from "./store.js";
import type { Store, StoreOptions } from "./types.js";

/** The first message: the WASM module and how to read. */
export interface Hello {
  wasm: Uint8Array<ArrayBuffer>;
  options: StoreOptions;
}

/** A call of a store's method; `id` is null where no answer is wanted. */
export interface Call {
  id: number | null;
  method: Exclude<keyof Store, "close">;
  args: unknown[];
}

/** What comes back: `ready` once, then an answer for each call that has an ID. */
export type Answer =
  | { ready: true }
  | { id: number; value: unknown }
  | { id: number; error: string }
  | { id: null; error: string };

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Hello | Call>) => void) | null;
  postMessage(answer: Answer): void;
};

/** Messages are worked off one after another, in the order they came. */
let store: Promise<Store> | null = null;
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  last = last.then(() => ("wasm" in data ? hello(data) : call(data)));
};

async function hello({ wasm, options }: Hello): Promise<void> {
  store = init(wasm).then(() => localStore(options));
  try {
    await store;
    scope.postMessage({ ready: true });
  } catch (error) {
    scope.postMessage({ id: null, error: String(error) });
  }
}

async function call({ id, method, args }: Call): Promise<void> {
  try {
    if (!store) throw new Error("the worker was called before it was given its module");
    const target = (await store) as unknown as { [name: string]: (...args: unknown[]) => unknown };
    const value = await target[method]?.(...args);
    if (id !== null) scope.postMessage({ id, value });
  } catch (error) {
    scope.postMessage({ id, error: String(error) } as Answer);
  }
}
