// Viewers of one video who come one after the other, and where their bytes come from.
//
// Input: one JSON argument, `{ chromium, origin, watch, durationSecs, viewers }`. Output: one JSON
// line, `{ edgeBytes, peerBytes, startBytes, shares, joinMs, stalls, complaints }`: media bytes from
// the edge and from viewers, what the first viewer had taken when its first frame was shown, each
// later viewer's share from others, from a page's first frame to its first segment from another
// viewer, and how often anybody's picture stood still for want of data.

import { told, withBrowser } from "../../e2e/browser/chromium.mjs";
import { SHARING_FLAGS, Viewer } from "../../e2e/browser/sharing.mjs";

/** Faster than real time: ten decoders and the site share this machine. */
const RATE = 2;
const BETWEEN_MS = 3_000;
const PATIENCE_MS = 300_000;

await withBrowser(async (browser) => {
  const viewers = [];
  let startBytes = 0;
  while (viewers.length < told.viewers) {
    const viewer = await Viewer.open(browser, { script: noteTimes });
    await viewer.playFast(RATE);
    if (viewers.length === 0) startBytes = await viewer.page.evaluate(bytesAtFirstFrame);
    viewers.push(viewer);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  await Promise.all(viewers.map((viewer) => viewer.reach(Infinity, PATIENCE_MS)));
  const traffic = await inTurn(viewers, (viewer) => viewer.traffic());
  const sum = (name) => traffic.reduce((all, one) => all + one[name], 0);
  console.log(
    JSON.stringify({
      edgeBytes: sum("edgeBytes"),
      peerBytes: sum("peerBytes"),
      startBytes,
      shares: traffic.slice(1).map(({ peerBytes, edgeBytes }) => peerBytes / (peerBytes + edgeBytes)),
      joinMs: await inTurn(viewers.slice(1), (viewer) => viewer.page.evaluate(msToFirstData)),
      stalls: (await inTurn(viewers, (viewer) => viewer.stalls())).flat().length,
      complaints: (await inTurn(viewers, (viewer) => viewer.root.getByRole("alert").count())).reduce((a, b) => a + b, 0),
    }),
  );
}, SHARING_FLAGS);

async function inTurn(items, ask) {
  const answers = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}

/** In the page: when the first frame was there, and the first piece of a segment from a viewer. */
function noteTimes() {
  const PIECE_BYTES = 4_000;
  document.addEventListener("loadeddata", () => { window.firstFrameAt ??= performance.now(); }, { capture: true });
  const listen = RTCDataChannel.prototype.addEventListener;
  RTCDataChannel.prototype.addEventListener = function (name, listener, options) {
    const seen = (event) => {
      if (name === "message" && event.data?.byteLength > PIECE_BYTES) window.firstDataAt ??= performance.now();
      return listener.call(this, event);
    };
    return listen.call(this, name, seen, options);
  };
}

function bytesAtFirstFrame() {
  return performance
    .getEntriesByType("resource")
    .filter(({ name, responseEnd }) => name.includes("-fragmented.mp4") && responseEnd <= window.firstFrameAt)
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}

function msToFirstData() {
  return window.firstDataAt === undefined ? null : window.firstDataAt - window.firstFrameAt;
}
