// `jobtrail/node`: what writes job logs in Node. The module is loaded by the first log, at once: no `init()` is needed.

export type { AppendStats } from "./append.js";
export { type JobEvent, JobEvents, type JobEventsOptions, type StartFields } from "./job-events.js";
export { type Data, EventLog, JobLog, ServiceLog, type StudioLevel } from "./studio.js";
export { summarize } from "./summaries.js";
