// `jobtrail/redis`: job logs in Redis, for clients of ioredis and of node-redis. Node; no `init()` is needed.

export type { IoRedisClient, NodeRedisClient, RedisClient } from "./clients.js";
export type { LogEntry, LogType, NewEntry } from "./entries.js";
export { JobLogManager, type JobLogOptions, type JobLogStats } from "./manager.js";
export { initJobPublisher, publishJobComplete, publishJobError, publishJobProgress } from "./publishing.js";
