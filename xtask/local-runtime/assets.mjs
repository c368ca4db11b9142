// Serves the bundled browser code, as the platform does in production before the Worker is asked.
// Names carry a hash of the content, so every file is immutable.

const TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  woff2: "font/woff2",
};

export default {
  async fetch(request, env) {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("method not allowed", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const { pathname } = new URL(request.url);
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    const file = await env.FILES.fetch(`http://files${pathname}`, { method: request.method });
    // A folder is listed by the disk service; such a list is not for the public.
    if (!file.ok || !name.includes(".") || name.startsWith(".")) {
      return new Response("not found", { status: 404 });
    }
    const etag = `"${name}"`;
    const headers = {
      "content-type": TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
      "cache-control": "public, max-age=31536000, immutable",
      etag,
    };
    if (request.headers.get("if-none-match") === etag) {
      await file.body?.cancel();
      return new Response(null, { status: 304, headers });
    }
    return new Response(request.method === "HEAD" ? null : file.body, { headers });
  },
};
