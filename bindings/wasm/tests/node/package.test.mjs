import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

const CONSUMER = `
import { init, JobId, LogStore, parseLine, Query, redact, type LogRecord, type QueryError } from "jobtrail";
import { openUrl } from "jobtrail/client";
import { JobtrailPanel } from "jobtrail/panel";

export async function use(): Promise<LogRecord> {
  await init();
  const store = new LogStore({ redact: true, paths: "strict", date: "2026-01-05" });
  store.append(new Uint8Array());
  const count: number = store.select(new Query("level:error"), Date.now()).length;
  const type: string = JobId.parse(redact("MSH-0105-A7F2")).type;
  const element: JobtrailPanel = document.createElement("jobtrail-panel");
  element.src = \`/logs?\${count}\${type}\`;
  openUrl(element.src, { refreshMs: 0 });
  // @ts-expect-error there is no such option
  new LogStore({ redactions: true });
  return parseLine("x");
}
export const column = (error: QueryError): number => error.column;
`;

test("the examples in the README run", (context) => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, example]) => example);
  const place = mkdtempSync(join(tmpdir(), "jobtrail-readme-"));
  context.after(() => rmSync(place, { recursive: true }));
  mkdirSync(join(place, "node_modules"));
  symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(place, "node_modules/jobtrail"));

  assert.equal(examples.length, 3);
  for (const example of examples) run(process.execPath, ["--input-type=module", "--eval", example], place);
});

test("the packed package installs in an empty place, runs, and its types hold for a strict consumer", (context) => {
  const place = mkdtempSync(join(tmpdir(), "jobtrail-pack-"));
  context.after(() => rmSync(place, { recursive: true }));
  const [{ filename, files }] = JSON.parse(
    run("npm", ["pack", "--workspace", "jobtrail", "--json", "--pack-destination", place], root),
  );
  const paths = files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => /\.wasm$|\.ts$/.test(path) && !path.endsWith(".d.ts")),
    [],
  );
  for (const path of ["README.md", "dist/index.js", "dist/panel.js", "dist/panel/index.d.ts"]) {
    assert.ok(paths.includes(path), path);
  }

  const modules = join(place, "node_modules");
  mkdirSync(join(modules, "jobtrail"), { recursive: true });
  run("tar", ["-xzf", join(place, filename), "-C", join(modules, "jobtrail"), "--strip-components=1"]);
  // What lit brings, from where it is installed already: no test asks the network.
  for (const name of ["lit", "lit-html", "lit-element", "@lit", "@lit-labs", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
  const answer = run(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `const j = await import("jobtrail"); await j.init(); console.log(j.redact("pwd=abc"))`,
    ],
    place,
  );
  assert.equal(answer, "pwd=[redacted:password]\n");

  writeFileSync(join(place, "use.ts"), CONSUMER);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"];
  run(
    process.execPath,
    [
      join(root, "node_modules/typescript/bin/tsc"),
      ...[...options, "--module", "esnext", "--moduleResolution", "bundler", "--types", ""],
      "use.ts",
    ],
    place,
  );
});
