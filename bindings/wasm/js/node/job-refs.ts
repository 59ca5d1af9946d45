// IDs of jobs of any kind: safe in a path and in a key, and written in one way.

import { JobId, type JobtrailError } from "../index.js";
import { loadNow } from "./loading.js";

/** A typed ID, a UUID, a number, or 1 to 128 of `A-Z a-z 0-9 . _ -`, other than `.` and `..`. */
const JOB_REF = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;

/** Returns the ID as text. Throws `bad_job_id` for one that is not safe in a path or a key. */
export function checkedJobRef(id: string | number): string {
  const text = String(id);
  if (JOB_REF.test(text)) return text;
  const given = JSON.stringify(text.slice(0, 40)).slice(1, -1);
  const expected = "expected 1 to 128 letters, digits, `.`, `_` or `-`";
  const error = new Error(`bad job ID \`${given}\`: ${expected}`) as JobtrailError;
  error.code = "bad_job_id";
  throw error;
}

/** Returns the ID as it is written everywhere: a typed one in upper case, any other as it is. Throws as above. */
export function normalJobRef(id: string | number): string {
  const text = checkedJobRef(id);
  loadNow();
  return JobId.isValid(text) ? JobId.parse(text).id : text;
}
