/// <reference types="node" />
// What waits for Redis: bounded, in order, in memory, and in a file where a folder is given: so it outlives the process.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** One thing to do: append the text to a job's log, or delete the log where there is none. */
export interface Waiting {
  /** Unix milliseconds since which it waits. */
  atMs: number;
  job: string;
  text: string | null;
  /** Whether Redis may have it already. */
  isSent: boolean;
}

const LINE = /^(?:D (\d{1,16}) ([\w.-]{1,128})|([AS]) (\d{1,16}) ([\w.-]{1,128}) (\{.*\})|P (\d{1,9}))$/;
const NAME = /^node-(\d+)-[0-9a-f]+\.waiting$/;

/** What waits, oldest first. A fault of the disk leaves it in memory alone; `warn` hears of it once. */
export class Spool {
  readonly #folder: string | undefined;
  readonly #maxBytes: number;
  readonly #warn: (text: string) => void;
  #items: Waiting[] = [];
  #bytes = 0;
  #file: number | null = null;
  #path = "";

  constructor(folder: string | undefined, maxBytes: number, warn: (text: string) => void) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#warn = warn;
    this.#adopt();
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Adds an item, and returns whether there was room. */
  put(item: Waiting): boolean {
    const line = lineOf(item);
    if (this.#bytes + line.length > this.#maxBytes) return false;
    this.#items.push(item);
    this.#bytes += line.length;
    this.#write(line);
    return true;
  }

  /** The oldest items. */
  first(count: number): Waiting[] {
    return this.#items.slice(0, count);
  }

  /** Forgets the oldest items, for good. */
  done(count: number): void {
    for (const item of this.#items.splice(0, count)) this.#bytes -= lineOf(item).length;
    if (this.#file === null) return;
    if (this.isEmpty) {
      closeSync(this.#file);
      this.#file = null;
      rmSync(this.#path, { force: true });
    } else {
      this.#write(`P ${count}\n`);
    }
  }

  /** Lets go of the file; what waits in it is for the next process. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#items = [];
    this.#bytes = 0;
  }

  #write(line: string): void {
    if (this.#folder === undefined) return;
    try {
      this.#file ??= this.#open(this.#folder);
      const before = fstatSync(this.#file).size;
      const bytes = Buffer.from(line);
      if (writeSync(this.#file, bytes) < bytes.length) {
        ftruncateSync(this.#file, before);
        throw new Error("no space left on device");
      }
    } catch (error) {
      this.#warn(`job logs cannot wait in ${this.#folder}, but in memory alone: ${String(error)}`);
    }
  }

  #open(folder: string): number {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const word = Math.random().toString(16).slice(2, 10).padEnd(8, "0");
    this.#path = join(folder, `node-${process.pid}-${word}.waiting`);
    return openSync(this.#path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL, 0o600);
  }

  /** Takes over what dead processes of this folder left: whoever renames a file has it. */
  #adopt(): void {
    if (this.#folder === undefined) return;
    for (const name of namesIn(this.#folder)) {
      const pid = NAME.exec(name)?.[1];
      if (pid === undefined || isAlive(Number(pid))) continue;
      const taken = join(this.#folder, `node-${process.pid}-taken-${name}`);
      try {
        renameSync(join(this.#folder, name), taken);
      } catch {
        continue;
      }
      for (const item of itemsOf(readFileSync(taken, "utf8"))) this.put(item);
      rmSync(taken, { force: true });
    }
  }
}

function lineOf({ atMs, job, text, isSent }: Waiting): string {
  return text === null ? `D ${atMs} ${job}\n` : `${isSent ? "S" : "A"} ${atMs} ${job} ${text}\n`;
}

/** Returns what a file holds that is not done; a line that is torn is left out. */
function itemsOf(text: string): Waiting[] {
  const items: Waiting[] = [];
  let done = 0;
  for (const line of text.split("\n")) {
    const found = LINE.exec(line);
    if (found === null) continue;
    const [, deletedAt, deleted, kind, at, job, entry, count] = found;
    if (count !== undefined) done += Number(count);
    else if (deleted !== undefined) items.push({ atMs: Number(deletedAt), job: deleted, text: null, isSent: false });
    else items.push({ atMs: Number(at), job: job ?? "", text: entry ?? "", isSent: kind === "S" });
  }
  return items.slice(done);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
