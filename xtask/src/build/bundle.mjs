#!/usr/bin/env node
// `worker-build` runs this in place of esbuild, in the folder where wasm-bindgen's module (`index.js`) and
// the main module that comes with `worker-build` (`shim.js`) stand. A main module of ours is bundled
// instead; shared/platform-workers/js/entry.js says why.
//
// EDGETUBE_ESBUILD: the program. EDGETUBE_ENTRY: our main module, which imports `wasm-exports`.

import { spawnSync } from "node:child_process";
import { env, argv, exit } from "node:process";

const SHIM = "./shim.js";

const told = argv.slice(2);
const at = told.indexOf(SHIM);
if (at < 0) {
  console.error(`worker-build bundles no ${SHIM} any more: ${told.join(" ")}`);
  exit(1);
}
told[at] = env.EDGETUBE_ENTRY;
const { status, error } = spawnSync(env.EDGETUBE_ESBUILD, [...told, "--alias:wasm-exports=./index.js"], {
  stdio: "inherit",
});
if (error) console.error(error.message);
exit(status ?? 1);
