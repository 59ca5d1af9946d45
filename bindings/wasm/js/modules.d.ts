// Modules that build.mjs makes.

declare module "jobtrail:wasm" {
  /** The WASM module: base64 of its gzip. Empty inside the worker's script, which is handed the bytes. */
  const packed: string;
  export default packed;
}

declare module "jobtrail:worker" {
  /** The worker's script, bundled to one classic script. */
  const script: string;
  export default script;
}
