// A small HTTP server on the loopback interface for tests: below a path that nobody can guess,
//   GET  ready       { workerd_pid, edge_pids, restarts }
//   GET  tracker     { url } of the tracker's own socket; another one after a restart
//   POST scheduled   runs the scheduled handler once and answers { outcome } when it is done
//   GET  objects     ?prefix=  every object in the bucket: [{ key, size, etag }]

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { runScheduled } from "./cron.mjs";
import { pidFile } from "./edges.mjs";

/** Starts the server and answers its base URL, which ends in a slash. */
export async function startControl(miniflare, launch, status) {
  const prefix = `/${launch.control_secret}/`;
  const routes = {
    "GET ready": () => ({
      workerd_pid: workerdPid(launch),
      edge_pids: launch.edges.map((_, edge) => workerdPid(launch, edge)),
      restarts: status.restarts,
    }),
    "GET tracker": () => trackerUrl(miniflare, launch),
    "POST scheduled": () => runScheduled(miniflare, launch.worker.name),
    "GET objects": (url) => objects(miniflare, launch, url.searchParams.get("prefix") ?? ""),
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://control");
    const name = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : "";
    const route = routes[`${request.method} ${name}`];
    const [code, answer] = route ? await attempt(() => route(url)) : [404, { error: "not found" }];
    response.writeHead(code, { "content-type": "application/json" });
    response.end(`${JSON.stringify(answer)}\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}${prefix}`;
}

async function attempt(route) {
  try {
    return [200, await route()];
  } catch (error) {
    return [500, { error: String(error.stack ?? error) }];
  }
}

function workerdPid(launch, edge) {
  return Number(readFileSync(pidFile(launch, edge), "utf8"));
}

async function trackerUrl(miniflare, launch) {
  const url = await miniflare.unsafeGetDirectURL(launch.tracker.worker.name);
  return { url: url.origin };
}

async function objects(miniflare, launch, prefix) {
  const bucket = await miniflare.getR2Bucket(launch.bucket_binding, launch.worker.name);
  const found = [];
  let cursor;
  do {
    const page = await bucket.list({ prefix, cursor });
    found.push(...page.objects.map(({ key, size, etag }) => ({ key, size, etag })));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return found;
}
