/// <reference types="node" />
// Whole lines at the end of a file that other processes write too. Never throws for a fault of the disk.

import { closeSync, constants, fstatSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** How much waits in memory while nothing can be written. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** How a log is doing. */
export interface AppendStats {
  /** Lines in the file. */
  written: number;
  /** Lines that wait, because the file cannot be written. */
  waiting: number;
  /** Lines that found no room to wait. */
  dropped: number;
}

/**
 * A file to which lines are appended, each with one write, so that those of several processes never mix. It is opened by
 * the first line, and anew when it was renamed or removed. What cannot be written waits, up to 1 MiB, and one warning goes
 * to standard error; the next line that can be written takes what waits along, in order.
 */
export class LineFile {
  readonly path: string;
  readonly #keepOutOfGit: boolean;
  #file: number | null = null;
  #inode = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #written = 0;
  #dropped = 0;
  #isDown = false;
  /** Whether the file ends with a part of the line that waits first. */
  #isTorn = false;

  /** @param keepOutOfGit puts a `.gitignore` for everything into the folder, where that has to be made */
  constructor(path: string, keepOutOfGit: boolean) {
    this.path = path;
    this.#keepOutOfGit = keepOutOfGit;
  }

  /** Appends a line, which has no line end yet. */
  append(line: string): void {
    this.#waiting.push(Buffer.from(`${line}\n`));
    this.#waitingBytes += this.#waiting.at(-1)?.length ?? 0;
    try {
      while (this.#waiting.length > 0) this.#writeFirst();
      this.#up();
    } catch (error) {
      this.#down(error);
    }
  }

  /** Lets go of the file; a line that comes later opens it again. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  stats(): AppendStats {
    return { written: this.#written, waiting: this.#waiting.length, dropped: this.#dropped };
  }

  #writeFirst(): void {
    const [line] = this.#waiting;
    if (line === undefined) return;
    // What a full disk left of a line is closed by a line end, and the whole line follows.
    const whole = this.#isTorn ? Buffer.concat([Buffer.from("\n"), line]) : line;
    const written = writeSync(this.#opened(), whole);
    this.#isTorn = written < whole.length && (this.#isTorn || written > 0);
    if (written < whole.length) throw new Error("no space left on device");
    this.#waiting.shift();
    this.#waitingBytes -= line.length;
    this.#written += 1;
  }

  /** Returns the file that has the log's name now. */
  #opened(): number {
    if (this.#file !== null && !this.#isStill()) this.close();
    if (this.#file === null) {
      this.#makeFolder();
      this.#file = openSync(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o644);
      this.#inode = fstatSync(this.#file).ino;
    }
    return this.#file;
  }

  #isStill(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  #makeFolder(): void {
    const folder = dirname(this.path);
    const made = mkdirSync(folder, { recursive: true });
    if (made !== undefined && this.#keepOutOfGit) writeFileSync(join(folder, ".gitignore"), "*\n");
  }

  #up(): void {
    if (this.#isDown) process.stderr.write(`jobtrail: ${this.path} is written again\n`);
    this.#isDown = false;
  }

  #down(error: unknown): void {
    while (this.#waitingBytes > MOST_WAITING_BYTES && this.#waiting.length > 0) {
      this.#waitingBytes -= this.#waiting.pop()?.length ?? 0;
      this.#dropped += 1;
    }
    if (!this.#isDown) process.stderr.write(`jobtrail: cannot write ${this.path}, lines wait: ${String(error)}\n`);
    this.#isDown = true;
  }
}
