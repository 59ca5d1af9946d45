/// <reference types="node" />
// The WASM module, loaded at once by the first writer, so that nobody who logs has to wait for it.

import { gunzipSync } from "node:zlib";
import { initSync, packedModule } from "../index.js";

/** Loads the module if it is not loaded yet. */
export function loadNow(): void {
  initSync(() => gunzipSync(packedModule()));
}
