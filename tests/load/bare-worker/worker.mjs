// The least a Worker can do with R2: what ours is compared with.
//   PUT /<key>   the body as it comes, behind the object that the header `behind` names, if it does
//   GET /<key>   the asked range

const RANGE = /^bytes=(\d+)-(\d+)$/;

export default {
  async fetch(request, env) {
    const key = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      const behind = request.headers.get("behind");
      const body = behind === null ? request.body : await joined(await env.BUCKET.get(behind), request);
      const object = await env.BUCKET.put(key, body);
      return Response.json({ size: object.size });
    }
    const match = RANGE.exec(request.headers.get("range") ?? "");
    if (match === null) return new Response("ready");
    const [offset, last] = [Number(match[1]), Number(match[2])];
    const object = await env.BUCKET.get(key, { range: { offset, length: last - offset + 1 } });
    if (object === null) return new Response("not found", { status: 404 });
    const headers = { "content-range": `bytes ${offset}-${last}/${object.size}` };
    return new Response(object.body, { status: 206, headers });
  },
};

async function joined(...bodies) {
  return new Blob(await Promise.all(bodies.map((body) => body.arrayBuffer())));
}
