// Makes dist/ from js/ and the bound WASM (dist/wasm, made by `npm run build:wasm`): the API, the panel, and the panel
// as one script for a page that has no bundler.
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

/** Answers `jobtrail:wasm` and `jobtrail:worker` with text made here. */
function made(modules) {
  return {
    name: "made",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^jobtrail:/ }, ({ path }) => ({ path, namespace: "made" }));
      onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => ({ contents: modules[path], loader: "text" }));
    },
  };
}

// Chunks carry a hash in their names: those of an earlier build would be shipped too.
for (const name of await readdir(here("dist"))) {
  if (name !== "wasm") await rm(here(`dist/${name}`), { recursive: true });
}

const wasm = await readFile(here("dist/wasm/jobtrail_bg.wasm"));
// The worker is handed the module's bytes by the page, so its script carries none.
const worker = await build({
  ...common,
  entryPoints: [here("js/worker.ts")],
  format: "iife",
  write: false,
  plugins: [made({ "jobtrail:wasm": "" })],
});
const plugins = [
  made({
    "jobtrail:wasm": gzipSync(wasm, { level: 9 }).toString("base64"),
    "jobtrail:worker": worker.outputFiles[0].text,
  }),
];

// Entries that share the WASM as a chunk; lit stays an import, so that a bundler keeps one copy of it.
const entries = ["index", "client", "panel/index", "node/index", "redis/index"];
await build({
  ...common,
  entryPoints: Object.fromEntries(entries.map((entry) => [entry, here(`js/${entry}.ts`)])),
  outdir: here("dist"),
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  external: ["lit", "lit/*", "node:*"],
  plugins,
});
await build({ ...common, entryPoints: [here("js/panel/index.ts")], outfile: here("dist/panel.js"), plugins });

const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [tsc, "--project", here("."), "--emitDeclarationOnly"], { stdio: "inherit" });

// The Python server's page uses the same script.
await mkdir(here("../python/python/jobtrail/_assets"), { recursive: true });
await copyFile(here("dist/panel.js"), here("../python/python/jobtrail/_assets/panel.js"));
