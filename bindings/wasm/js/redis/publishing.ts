// The functions of a worker that tells how its job is doing: live events, and the log.

import { plain, textOf } from "../node/json-text.js";
import type { RedisClient } from "./clients.js";
import { JobLogManager, type JobLogOptions, jobOf } from "./manager.js";

const publishers = new WeakMap<RedisClient, JobLogManager>();
let withoutRedis: JobLogManager | null = null;
const MOST_JOBS = 10_000;
const lastNumbers = new Map<string, number>();

/** Makes what the functions below log with for this client, and returns it; without it they make their own. */
export function initJobPublisher(redis: RedisClient | null, options: JobLogOptions = {}): JobLogManager {
  const manager = new JobLogManager(redis, options);
  if (redis === null) withoutRedis = manager;
  else publishers.set(redis, manager);
  return manager;
}

/** Publishes `{jobId, userId, state, step, progress, timestamp, sequence}`, and logs `<step> (<progress>%)`. */
export async function publishJobProgress(
  redis: RedisClient | null,
  jobId: string | number,
  userId: string | number,
  state: string,
  step: string,
  progress: number,
): Promise<void> {
  const logs = of(redis);
  await logs.publish(jobId, event(jobId, userId, state, step, progress));
  await logs.info(jobId, `${step} (${progress}%)`, { progress, step });
}

/** Publishes the state `completed` with `result` and `durationMs`, and logs `Job completed in <n>ms`. */
export async function publishJobComplete(
  redis: RedisClient | null,
  jobId: string | number,
  userId: string | number,
  result: unknown,
  durationMs: number,
): Promise<void> {
  const logs = of(redis);
  const more = { result: plain(result), durationMs };
  await logs.publish(jobId, { ...event(jobId, userId, "completed", "completed", 100), ...more });
  await logs.info(jobId, `Job completed in ${durationMs}ms`, { durationMs });
}

/** Publishes the state `failed` with `error`, `code` and `recoverable`, and logs the error with the latter two. */
export async function publishJobError(
  redis: RedisClient | null,
  jobId: string | number,
  userId: string | number,
  error: unknown,
  recoverable = true,
  code?: string,
): Promise<void> {
  const logs = of(redis);
  const told = error instanceof Error ? error.message || error.name : textOf(error);
  const facts = code === undefined ? { recoverable } : { code, recoverable };
  await logs.publish(jobId, { ...event(jobId, userId, "failed", "error", null), error: told, ...facts });
  await logs.error(jobId, told, facts);
}

function of(redis: RedisClient | null): JobLogManager {
  return (redis === null ? withoutRedis : publishers.get(redis)) ?? initJobPublisher(redis);
}

function event(jobId: string | number, userId: string | number, state: string, step: string, progress: number | null) {
  const job = jobOf(jobId);
  return { jobId: job, userId, state, step, progress, timestamp: Date.now(), sequence: next(job) };
}

/** Returns the number of a job's next event of this process: from 1 on. */
function next(job: string): number {
  const number = (lastNumbers.get(job) ?? 0) + 1;
  lastNumbers.delete(job);
  lastNumbers.set(job, number);
  if (lastNumbers.size > MOST_JOBS) lastNumbers.delete(lastNumbers.keys().next().value ?? "");
  return number;
}
