// Runs the shared cases (tests/vectors) against the package. Pure: the API and the files are handed in, so that Node
// and Chromium run the same.

const NOW = "2026-01-05T15:00:00Z";

/**
 * Runs every file of `files` (path under tests/vectors, text) and returns, for each, the number of cases and what failed.
 *
 * @returns {{ counts: Record<string, number>, failures: string[] }}
 */
export function runVectors(api, files) {
  const counts = {};
  const failures = [];
  const expect = (where, expected, got) => {
    const [one, other] = [JSON.stringify(expected), JSON.stringify(got)];
    if (one !== other) failures.push(`${where}\n  expected ${one}\n  got      ${other}`);
  };
  for (const [path, text] of Object.entries(files)) {
    const run = path.startsWith("format/") ? (path.endsWith(".jsonl") ? runFormat : null) : RUNNERS[path];
    if (!run) continue;
    counts[path] = run(api, text, (where, expected, got) => expect(`${path} ${where}`, expected, got), files, path);
  }
  return { counts, failures };
}

const perLine = (check) => (api, text, expect) => {
  const cases = jsonLines(text);
  cases.forEach((one, index) => {
    check(api, one, (expected, got) => expect(`line ${index + 1} ${JSON.stringify(one)}`, expected, got));
  });
  return cases.length;
};

const RUNNERS = {
  "level.jsonl": perLine((api, one, expect) => {
    expect(one.out, api.parseLine(JSON.stringify({ level: one.in, message: "m" })).level);
  }),
  "timestamp.jsonl": perLine((api, one, expect) => {
    expect(one.out, api.parseLine(JSON.stringify({ timestamp: one.in, message: "m" })).timestamp);
  }),
  "job_id.jsonl": perLine((api, one, expect) => {
    const got = attempt(() => api.JobId.parse(one.in));
    expect(one.out ?? one.error, got.error ? { code: got.error.code, text: got.error.message } : got.value);
    expect(!one.error, api.JobId.isValid(one.in));
  }),
  "redact.jsonl": perLine((api, one, expect) => {
    const options = one.paths ? { paths: one.paths } : undefined;
    const once = api.redact(one.in, options);
    expect(one.out, once);
    expect(once, api.redact(once, options));
  }),
  "query.jsonl": perLine((api, one, expect) => {
    const got = attempt(() => new api.Query(one.query));
    if (one.error) {
      const { code, column, expected } = got.error ?? {};
      expect({ ...one.error, column: utf16Column(one.query, one.error.column) }, { code, column, expected });
      return;
    }
    if (got.error) return expect(one.match, got.error.message);
    const canonical = got.value.toString();
    expect(one.canonical ?? canonical, canonical);
    expect(canonical, new api.Query(canonical).toString());
    const all = records(api, one, new api.Query(""));
    const some = records(api, one, got.value);
    const places = all.map(({ offset }) => offset);
    expect(
      one.match,
      some.map(({ offset }) => places.indexOf(offset)),
    );
  }),
  "complete.jsonl": perLine((api, one, expect) => {
    const units = (at) => utf16Column(one.text, at);
    const got = api.completeQuery(one.text, units(one.cursor), (field) => one.known?.[field] ?? []);
    const items = ({ detail, kind, text }) => [text, kind, detail];
    expect([units(one.out.start), units(one.out.end), one.out.expected], [got.start, got.end, got.expected]);
    expect(one.out.items.map(items), got.items.map(items));
  }),
};

function runFormat(api, text, expect, files, path) {
  const log = files[path.replace(/\.jsonl$/, ".log")];
  for (const pieceBytes of [7, 64, log.length]) readFormat(api, text, expect, log, pieceBytes);
  return text.trimEnd().split("\n").length;
}

function readFormat(api, text, expect, log, pieceBytes) {
  const golden = text.trimEnd().split("\n");
  const store = new api.LogStore();
  for (let at = 0; at < log.length; at += pieceBytes) store.append(log.subarray(at, at + pieceBytes));
  store.finish();
  const rows = store.select(new api.Query(""), Date.parse(NOW));
  const got = Array.from({ length: rows.length }, (_, row) => store.window(rows, row, 1).slice(1, -1));
  expect("number of records", golden.length, got.length);
  golden.forEach((line, row) => {
    expect(`record ${row}`, line, got[row]);
  });
  expect("all in one window", `[${golden.join(",")}]`, store.window(rows, 0, rows.length));
}

function records(api, { lines, now, tz }, query) {
  const store = new api.LogStore({ offsets: tz ? [[0, offsetSeconds(tz)]] : [] });
  store.append(new TextEncoder().encode(`${lines.join("\n")}\n`));
  store.finish();
  return JSON.parse(store.window(store.select(query, Date.parse(now ?? NOW)), 0, store.length));
}

function attempt(act) {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}

/** Seconds east of `+02:00`. */
function offsetSeconds(tz) {
  return (Date.parse("1970-01-01T00:00:00Z") - Date.parse(`1970-01-01T00:00:00${tz}`)) / 1000;
}

function utf16Column(text, byteColumn) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, byteColumn)).length;
}

function jsonLines(text) {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}
