/// <reference types="node" />
// What masks the lines of a log before they are written.

import { realpathSync } from "node:fs";
import { type RedactOptions, redact } from "../index.js";
import { loadNow } from "./loading.js";

/** What masks a line: personal paths, or every path of this machine but those below a root. */
export type Redact = (line: string) => string;

/** Returns what masks secrets and, of paths, the part up to the user's name. */
export function homeRedactor(): Redact {
  loadNow();
  return (line) => redact(line);
}

/** Returns what masks secrets and makes paths relative to `root`; of those elsewhere the last part stays. */
export function strictRedactor(root: string): Redact {
  loadNow();
  const options: RedactOptions = { paths: "strict", roots: [...new Set([root, real(root)])] };
  return (line) => redact(line, options);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not made yet
  }
}
