import assert from "node:assert/strict";
import { test } from "node:test";
import * as api from "jobtrail";
import { vectorCounts, vectorFiles } from "../vector-files.mjs";
import { runVectors } from "../vectors.mjs";

test("every shared case gives what core gives, and as many cases as core counted", async () => {
  await api.init();

  const { counts, failures } = runVectors(api, vectorFiles());

  assert.deepEqual(failures, []);
  assert.deepEqual(counts, vectorCounts());
});
