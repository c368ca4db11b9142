// Edges: processes that answer and take the queues' messages, apart from the first process, which holds the objects.
// On the platform a Worker runs wherever it is asked, in many isolates, and an object in one place; a single process
// hides what that means. Media, the key-value store and cron are the first process's.

import { join } from "node:path";

/** What of Miniflare's options lets processes find each other's objects and queues, and share their stores. */
export function sharing(launch) {
  if (launch.edges.length === 0) return { enableDevRegistry: false };
  return {
    enableDevRegistry: true,
    unsafeDevRegistryPath: join(launch.temporary, "registry"),
    unsafeEnableSharedStorage: true,
    isolatedResourcePersistencePath: launch.persist,
  };
}

/** Where the site's Worker listens and what calls it: in the first process, or in an edge. */
export function role(launch, edge) {
  const { edges, worker, port } = launch;
  const nothing = { port: 0, triggers: [] };
  if (edge === undefined) return edges.length > 0 ? nothing : { port, triggers: worker.triggers };
  // One takes the messages: Miniflare knows one consumer of a queue.
  return { port: edges[edge], triggers: edge + 1 === edges.length ? worker.triggers : [] };
}

/** Where the first process writes the id of its workerd, or an edge. */
export function pidFile(launch, edge) {
  return edge === undefined ? launch.pid_file : `${launch.pid_file}.edge-${edge}`;
}

/** Miniflare's options for an edge: the first process's, but for what only that one has. */
export function edgeOptions(home, launch, edge, { site, beside, restarted }) {
  const config = { ...site.config, name: `edge-${edge}`, exports: {} };
  return {
    ...home,
    port: 0,
    unsafeHandleRuntimeRestart: restarted,
    unsafeRuntimeEnv: { EDGETUBE_WORKERD_PID_FILE: pidFile(launch, edge) },
    resourceTmpPath: join(launch.temporary, `edge-${edge}`),
    workers: [{ ...site, config }, ...beside],
  };
}
