// Runs a bare Worker of this folder on the same simulators as `xtask/local-runtime/main.mjs` runs the
// product, and by the same means: a socket that leads straight into the Worker, state on disk.
//
// Input: one JSON argument, `{ script, port, persist, temporary, pid_file, fast_multipart }`. The end of
// standard input stops everything. Output: one line once requests are answered.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { readMultipartObjectsFast } from "../../../xtask/local-runtime/r2.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const RUNTIME = join(HERE, "../../../xtask/local-runtime");
const PLATFORMS = { "linux-x64": "linux-64", "darwin-x64": "darwin-64" };

const told = JSON.parse(process.argv[2]);
const platform = `${process.platform}-${process.arch}`;
const workerd = `@cloudflare/workerd-${PLATFORMS[platform] ?? platform}/bin/workerd`;
process.env.EDGETUBE_WORKERD = fileURLToPath(import.meta.resolve(workerd));
process.env.EDGETUBE_WORKERD_PID_FILE = told.pid_file;
process.env.MINIFLARE_WORKERD_PATH = join(RUNTIME, "workerd.sh");

if (told.fast_multipart) readMultipartObjectsFast();
const contents = readFileSync(join(HERE, told.script), "utf8");
const object = (exportName) => ({ type: "durable-object", worker: "bare", exportName });
const stored = { type: "durable-object", storage: "sqlite" };
const services = {
  "worker.mjs": { env: { BUCKET: { type: "r2", name: "bucket" } } },
  "swarm.mjs": {
    env: { HIBERNATING: object("Hibernating"), AWAKE: object("Awake") },
    exports: { Hibernating: stored, Awake: stored },
  },
};
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  cf: false,
  enableDevRegistry: false,
  log: new Log(LogLevel.WARN),
  logRequests: false,
  resourcePersistencePath: told.persist,
  resourceTmpPath: told.temporary,
  workers: [
    {
      config: {
        name: "bare",
        compatibilityDate: "2026-10-20",
        manifest: { mainModule: told.script, modules: { [told.script]: { type: "esm", contents } } },
        ...services[told.script],
      },
      dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: told.port }] },
    },
  ],
});
process.stdin.on("close", () => miniflare.dispose().finally(() => process.exit(0))).resume();
await miniflare.ready;
console.log("ready");
