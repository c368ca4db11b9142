// Runs the built Workers in workerd, with the platform's services simulated and kept on disk.
//
// The socket that viewers use leads straight into the Worker. Miniflare's own entry socket, which
// rewrites every request in JavaScript (a third of the rate, measured with a hello world), carries
// only the cron calls of the control server below and what transcoders send to the bucket's S3 side.
//
// Input: one line of JSON on standard input (see `Launch` in src/runtime/launch.rs). Standard input
// then stays open for as long as the caller lives; its end stops everything.
// Output: one line of JSON on standard output once requests are answered. Logs go to standard error.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CoreHeaders, Log, LogLevel, Miniflare } from "miniflare";
import { startControl } from "./control.mjs";
import { startCron, tellBeginning } from "./cron.mjs";
import { edgeOptions, pidFile, role, sharing } from "./edges.mjs";
import { reach } from "./network.mjs";
import { readMultipartObjectsFast } from "./r2.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULE_TYPES = { ".js": "esm", ".mjs": "esm", ".wasm": "wasm" };
/** Name of the Worker between the site and the network. */
const OUTBOUND = "outbound";

// Standard output carries the one line for our caller and nothing else.
console.log = console.info = console.debug = console.error;

const input = createInterface({ input: process.stdin });
const [line] = await once(input, "line");
const launch = JSON.parse(line);
let miniflare;
/** Those that only answer, apart from the objects. */
const edges = [];
let stopping = false;

/** Ends workerd and then this process. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  try {
    await Promise.all(edges.map((edge) => edge.dispose()));
    await miniflare?.dispose();
  } finally {
    process.exit(code);
  }
}
input.on("close", () => stop(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(0));

// workerd runs under a small script that ties its life to ours and writes down its process id.
process.env.EDGETUBE_WORKERD = workerdProgram();
process.env.EDGETUBE_WORKERD_PID_FILE = pidFile(launch);
process.env.MINIFLARE_WORKERD_PATH = join(HERE, "workerd.sh");

// Without this header, in which Miniflare passes on what it knows of a request, workerd tells the address
// of the connection (`request.cf.clientIp`), and no client can claim another one. The tracker needs it.
CoreHeaders.CF_BLOB = undefined;

try {
  readMultipartObjectsFast();
  const status = { restarts: 0 };
  const home = options(launch, status);
  miniflare = new Miniflare(home);
  await miniflare.ready;
  for (const number of launch.edges.keys()) {
    const beside = [assets(launch), outbound(launch)];
    const own = { site: site(launch, role(launch, number)), beside, restarted: begin };
    edges.push(new Miniflare(edgeOptions(home, launch, number, own)));
  }
  await Promise.all(edges.map((edge) => edge.ready));
  if (launch.cron) startCron(miniflare, launch.worker.name);
  const control = await startControl(miniflare, launch, status);
  process.stdout.write(`${JSON.stringify({ control })}\n`);
  await begin();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

/** Tells the Worker that a runtime has begun, with empty queues. */
async function begin() {
  await tellBeginning(miniflare, launch.worker.name);
}

function options(launch, status) {
  return {
    host: "127.0.0.1",
    port: launch.bucket_s3.port,
    cf: false,
    ...sharing(launch),
    log: new Log(LogLevel.WARN),
    logRequests: false,
    handleStructuredLogs: ({ level, message }) => console.error(`${level}: ${message}`),
    handleUncaughtError: (error) => console.error(`error: ${error.stack ?? error}`),
    unsafeHandleRuntimeRestart: () => {
      status.restarts += 1;
      begin();
    },
    resourcePersistencePath: launch.persist,
    resourceTmpPath: launch.temporary,
    workers: [site(launch, role(launch)), tracker(launch), assets(launch), outbound(launch)],
  };
}

/** The Worker under test, exactly as `wrangler.toml` binds it. */
function site({ worker, modules, host, bucket_binding, bucket_s3 }, { port, triggers }) {
  const bucket = worker.env[bucket_binding];
  const credentials = { accessKeyId: bucket_s3.access_key_id, secretAccessKey: bucket_s3.secret_access_key };
  const env = { ...worker.env, [bucket_binding]: { ...bucket, dev: { experimentalS3Credentials: credentials } } };
  const config = { ...worker, env, triggers, manifest: manifest(modules) };
  const outboundService = { type: "worker", worker: OUTBOUND };
  return { config, dev: { outboundService, unsafeDirectSockets: [{ host, port }] } };
}

/** What stands between the site and the network. */
function outbound({ worker }) {
  const { anywhere, store, storeOrigin } = reach(worker.env);
  const tlsOptions = { trustBrowserCas: true, trustedCertificates: extraCertificates() };
  const network = (allow) => ({ type: "network", allow, tlsOptions });
  const env = {
    NETWORK: network(anywhere),
    STORE: network(store),
    STORE_ORIGIN: { type: "text", value: storeOrigin },
  };
  const contents = readFileSync(join(HERE, "outbound.mjs"), "utf8");
  const modules = { "outbound.mjs": { type: "esm", contents } };
  return {
    config: {
      name: OUTBOUND,
      compatibilityDate: worker.compatibilityDate,
      manifest: { mainModule: "outbound.mjs", modules },
      env,
    },
  };
}

/** The tracker. The site hands `/tracker/*` on to it; its own socket stands for the route that leads
 * straight to it in production. */
function tracker({ tracker: { worker, modules } }) {
  const config = { ...worker, manifest: manifest(modules) };
  return { config, dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] } };
}

/** Authorities that the user trusts besides, where Node is told of them in the usual way. */
function extraCertificates() {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (!file) return [];
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
  return readFileSync(file, "utf8").match(pem) ?? [];
}

function manifest(paths) {
  const modules = {};
  for (const [name, path] of Object.entries(paths)) {
    const type = MODULE_TYPES[extname(name)];
    const contents = readFileSync(path);
    modules[name] = { type, contents: type === "esm" ? contents.toString() : new Uint8Array(contents) };
  }
  return { mainModule: Object.keys(paths)[0], modules };
}

/** The platform's file server. Miniflare's would stand before the Worker and cost every request. */
function assets({ assets, worker }) {
  const contents = readFileSync(join(HERE, "assets.mjs"), "utf8");
  return {
    config: {
      name: assets.worker,
      compatibilityDate: worker.compatibilityDate,
      manifest: { mainModule: "assets.mjs", modules: { "assets.mjs": { type: "esm", contents } } },
      env: { FILES: { type: "disk", path: assets.directory } },
    },
  };
}

function workerdProgram() {
  const platform = { "linux-x64": "linux-64", "darwin-x64": "darwin-64" };
  const key = `${process.platform}-${process.arch}`;
  const name = `@cloudflare/workerd-${platform[key] ?? key}/bin/workerd`;
  return fileURLToPath(import.meta.resolve(name));
}
