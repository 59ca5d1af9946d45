// The logs of a studio service: a file for each job, one for each service, one for application events.

import { isAbsolute, join, resolve } from "node:path";
import { type AppendStats, LineFile } from "./append.js";
import { checkedJobRef, normalJobRef } from "./job-refs.js";
import { plain, textOf } from "./json-text.js";
import { type Redact, strictRedactor } from "./redacting.js";
import { summarize } from "./summaries.js";

export type StudioLevel = "debug" | "info" | "warn" | "error";

/** What belongs to a line beside its message. */
export type Data = { [key: string]: unknown };

/** A file of lines `{"ts":...,"level":...,"component":...,"projectId":...,"jobId":...,"msg":...,"data":...}`. */
class StudioLog {
  /** Where the log stands below the data's root: what a job's JSON keeps as `logPath`. */
  readonly logPath: string;
  readonly path: string;
  readonly component: string;
  readonly #ids: Data;
  readonly #file: LineFile;
  readonly #redact: Redact;

  constructor(dataRoot: string, logPath: string, component: string, ids: Data) {
    const root = isAbsolute(dataRoot) ? dataRoot : resolve(dataRoot);
    this.logPath = logPath;
    this.path = join(root, logPath);
    this.component = component;
    this.#ids = ids;
    this.#redact = strictRedactor(root);
    this.#file = new LineFile(this.path, true);
  }

  /** Logs what is of interest to whoever looks for a fault. */
  debug(msg: string, data?: Data): void {
    this.write("debug", msg, data);
  }

  /** Logs what happened. */
  info(msg: string, data?: Data): void {
    this.write("info", msg, data);
  }

  /** Logs what is not as it should be. */
  warn(msg: string, data?: Data): void {
    this.write("warn", msg, data);
  }

  /** Logs what failed; of `error` its text and its whole stack, with everything that led to it. */
  error(msg: string, data?: Data, error?: unknown): void {
    this.write("error", msg, { ...data, ...(error === undefined ? {} : toldBy(error)) });
  }

  /**
   * Appends a line, with one write; empty data is left out. Never throws for a fault of the disk. What JSON cannot hold
   * stands there as its text.
   */
  write(level: StudioLevel, msg: string, data: Data = {}, ids: Data = {}): void {
    const kept = plain(data);
    const line = {
      ts: new Date().toISOString(),
      level,
      component: this.component,
      ...this.#ids,
      ...ids,
      msg: textOf(msg),
      ...(Object.keys(kept as object).length > 0 ? { data: kept } : {}),
    };
    this.#file.append(this.#redact(JSON.stringify(line)));
  }

  /** Lets go of the file; a line that comes later opens it again. */
  close(): void {
    this.#file.close();
  }

  stats(): AppendStats {
    return this.#file.stats();
  }
}

/**
 * The log of one job: `<dataRoot>/projects/<projectId>/files/logs/jobs/<jobId>.jsonl`. Any number of processes may write
 * it. Tokens are masked; a path below `dataRoot` becomes relative, of any other the last part stays.
 *
 * Throws `bad_job_id` for an ID that is not safe in a path.
 */
export class JobLog extends StudioLog {
  readonly projectId: string;
  readonly jobId: string;
  #began = performance.now();

  /** @param component who writes: `worker`, `backend`, `comfyui`, `python` or `ui` */
  constructor(dataRoot: string, projectId: string | number, jobId: string | number, component = "worker") {
    const project = checkedJobRef(projectId);
    const job = normalJobRef(jobId);
    const logPath = `projects/${project}/files/logs/jobs/${job}.jsonl`;
    super(dataRoot, logPath, component, { projectId: project, jobId: job });
    this.projectId = project;
    this.jobId = job;
  }

  /** Logs that the job begins, of what type, and its input in summary. */
  started(type?: string, input?: unknown, maxBytes?: number): void {
    this.#began = performance.now();
    const told = { ...(type === undefined ? {} : { type }), ...summaryOf("input", input, maxBytes) };
    this.info("Job started", { ...told, status: "started" });
  }

  /** Logs that the job has done its work, how long it took, and what came of it, in summary. */
  completed(output?: unknown, maxBytes?: number): void {
    const ms = performance.now() - this.#began;
    const told = { ...summaryOf("output", output, maxBytes), status: "completed", duration_ms: Math.round(ms) };
    this.info(`Job completed in ${(ms / 1000).toFixed(3)} s`, told);
  }

  /** Logs that the job has failed, after how long, and why. */
  failed(error: unknown): void {
    const ms = performance.now() - this.#began;
    const told = { status: "error", duration_ms: Math.round(ms), ...toldBy(error) };
    this.write("error", `Job failed after ${(ms / 1000).toFixed(3)} s: ${named(error)}`, told);
  }

  /**
   * Logs how long a part of the job took: a call to the outside, a download, a conversion. Returns what `work` gives; what
   * it throws is logged as the step's failure and goes on.
   */
  async step<T>(name: string, work: () => T | Promise<T>, data: Data = {}): Promise<T> {
    const began = performance.now();
    const took = () => performance.now() - began;
    try {
      const made = await work();
      const ms = took();
      const told = { step: name, ...data, duration_ms: Math.round(ms) };
      this.info(`${name} in ${(ms / 1000).toFixed(3)} s`, told);
      return made;
    } catch (error) {
      const ms = took();
      const told = { step: name, ...data, duration_ms: Math.round(ms), ...toldBy(error) };
      this.write("error", `${name} failed after ${(ms / 1000).toFixed(3)} s: ${named(error)}`, told);
      throw error;
    }
  }

  /** Logs start and end around `work`; what it throws is logged with its whole stack and goes on. */
  async run<T>(work: (log: this) => T | Promise<T>): Promise<T> {
    this.started();
    try {
      const made = await work(this);
      this.completed();
      return made;
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      this.close();
    }
  }
}

/** The log of a service: `<dataRoot>/runtime/logs/<service>.jsonl`. Throws `bad_job_id` for a name not safe in a path. */
export class ServiceLog extends StudioLog {
  constructor(dataRoot: string, service: string) {
    const name = checkedJobRef(service);
    super(dataRoot, `runtime/logs/${name}.jsonl`, name, {});
  }
}

/** What happened in the application: `<dataRoot>/runtime/logs/events.jsonl`, one line an event. */
export class EventLog extends StudioLog {
  constructor(dataRoot: string, component = "backend") {
    super(dataRoot, "runtime/logs/events.jsonl", component, {});
  }

  /**
   * Appends an event: `job.failed`, `asset.approved`, `export.created`.
   *
   * @param ids of what: `projectId`, `jobId`, `specId`, `assetId`, in either spelling, and anything else
   * @param level by default `error` for a type that ends with `failed` or `error`, else `info`
   */
  emit(type: string, ids: Data = {}, level?: StudioLevel): void {
    const { projectId, jobId, ...rest } = Object.fromEntries(Object.entries(ids).map(([key, id]) => [camel(key), id]));
    const own = Object.fromEntries(
      Object.entries({ projectId, jobId })
        .filter(([, id]) => id !== undefined && id !== null)
        .map(([key, id]) => [key, String(id)]),
    );
    this.write(level ?? (/(?:failed|error)$/.test(type) ? "error" : "info"), type, rest, own);
  }
}

function summaryOf(key: string, value: unknown, maxBytes: number | undefined): Data {
  return value === undefined || value === null ? {} : { [key]: summarize(value, maxBytes) };
}

/** Returns `projectId` for `project_id`. */
function camel(key: string): string {
  const [first, ...others] = key.split("_");
  return first + others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function named(error: unknown): string {
  return textOf(error);
}

/** Returns what an error says of itself, and the whole of its stack, its causes below. */
function toldBy(error: unknown): Data {
  const stacks: string[] = [];
  let next: unknown = error;
  while (next instanceof Error && stacks.length < 10) {
    stacks.push(next.stack ?? textOf(next));
    next = next.cause;
  }
  return { error: named(error), ...(stacks.length > 0 ? { stack: stacks.join("\n[cause]: ") } : {}) };
}
