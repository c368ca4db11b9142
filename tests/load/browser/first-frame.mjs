// Opens the watch page in a fresh browser and says when it painted and when the first frame was shown.
//
// Input: one JSON argument, `{ chromium, url, rounds }`. Output: one JSON line, an array of
// `{ paintMs, contentMs, frameMs, lastScriptMs, scripts: [{ url, gzipBytes, beforeFrame }] }`. Times
// are since the navigation began, by the page's own clock.

import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const told = JSON.parse(process.argv[2]);
// Whoever started us holds our standard input open: when it dies, we do, and the browser with us.
process.stdin.on("close", () => process.exit(1)).resume();

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A viewer who has clicked a link on the site may hear sound; a fresh profile may not.
  "--autoplay-policy=no-user-gesture-required",
];
const PATIENCE_MS = 30_000;

/** Runs in the page before its own scripts: notes the first frame of the first video element. */
function watchForFrame() {
  const frames = new Promise((resolve) => {
    const seen = new WeakSet();
    const look = () => {
      for (const video of document.querySelectorAll("video")) {
        if (seen.has(video)) continue;
        seen.add(video);
        video.requestVideoFrameCallback((now, { presentationTime }) => resolve(presentationTime));
      }
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    look();
  });
  globalThis.firstFrame = frames;
}

async function measure() {
  const browser = await chromium.launch({ executablePath: told.chromium, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(watchForFrame);
    // The first page of a process pays for the process; a viewer has it already.
    await page.goto("about:blank");
    const bodies = [];
    const note = (response) => {
      if (response.request().resourceType() !== "script") return;
      bodies.push(response.body().then((body) => [response.url(), gzipSync(body).length]));
    };
    page.on("response", note);
    await page.goto(told.url, { waitUntil: "commit" });
    const frameMs = await page.evaluate(() => globalThis.firstFrame);
    const paints = await page.evaluate(() =>
      performance.getEntriesByType("paint").map(({ name, startTime }) => [name, startTime]),
    );
    const loads = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name, responseEnd }) => [name, responseEnd]),
    );
    // What comes from here on came after the frame, and would be cut off by the end of the page.
    page.off("response", note);
    const paint = Object.fromEntries(paints);
    const ended = Object.fromEntries(loads);
    const scripts = (await Promise.all(bodies)).map(([url, gzipBytes]) => ({
      url,
      gzipBytes,
      endMs: ended[url] ?? null,
    }));
    return {
      paintMs: paint["first-paint"],
      contentMs: paint["first-contentful-paint"],
      frameMs,
      scripts: scripts.filter(({ endMs }) => endMs !== null && endMs <= frameMs),
      requests: loads.filter(([, end]) => end <= frameMs).length,
    };
  } finally {
    await browser.close();
  }
}

const measured = [];
for (let round = 0; round < told.rounds; round += 1) measured.push(await measure());
console.log(JSON.stringify(measured));
process.exit();
