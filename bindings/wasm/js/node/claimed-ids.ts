/// <reference types="node" />
// Which job IDs are taken in a folder of events: those in its files, and those given that are not used yet. Python's
// `JobEvents` does the same, with the same folder.

import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** The folder with an empty file for each ID given today: to make one is to claim the ID, which only one process can. */
export const CLAIMS = ".job-ids";

const DAY_MS = 86_400_000;

/** The IDs of a folder, each given once. Where the claims cannot be written, those in the files still count. */
export class ClaimedIds {
  readonly #claims: string;
  #day = "";
  #known = new Set<string>();

  constructor(folder: string) {
    this.#claims = join(folder, CLAIMS);
  }

  /** Returns whether the ID was free until now; it is the caller's then. `file` holds the day's events. */
  claim(id: string, now: Date, file: string): boolean {
    this.#begin(now, file);
    if (this.#known.has(id)) return false;
    this.#known.add(id);
    return this.#make(id);
  }

  /** Forgets an earlier day, takes its claims away, and looks which IDs of this one stand in the file. */
  #begin(now: Date, file: string): void {
    const day = dayOf(now.getTime());
    if (this.#day === day) return;
    this.#day = day;
    this.#known = idsIn(file, day);
    const recent = [-DAY_MS, 0, DAY_MS].map((ms) => dayOf(now.getTime() + ms));
    for (const name of names(this.#claims)) {
      if (!recent.includes(name.split("-")[1] ?? "")) rmSync(join(this.#claims, name), { force: true });
    }
  }

  #make(id: string): boolean {
    try {
      mkdirSync(this.#claims, { recursive: true });
      closeSync(openSync(join(this.#claims, id), "wx"));
      return true;
    } catch (error) {
      // Claimed by somebody, or there can be no claims here.
      return !((error as NodeJS.ErrnoException).code === "EEXIST" && isFolder(this.#claims));
    }
  }
}

/** `0105` of a time in milliseconds, UTC. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(5, 10).replace("-", "");
}

function idsIn(file: string, day: string): Set<string> {
  const events = readFileIfThere(file);
  const found = events.matchAll(new RegExp(`"job_id": ?"([A-Z]{2,8}-${day}-[0-9A-F]{4})"`, "g"));
  return new Set([...found].map(([, id]) => id ?? ""));
}

function readFileIfThere(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
