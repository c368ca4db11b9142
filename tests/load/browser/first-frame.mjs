// Opens the watch page in a fresh browser that is at rest and says when it painted and when the first frame was
// shown. At its start Chromium loads pages of its own user interface for some tenths of a second, on the same
// processors; a viewer has that behind them.
//
// Input: one JSON argument, `{ chromium, url, rounds }`. Output: one JSON line, an array of
// `{ paintMs, contentMs, frameMs, lastScriptMs, scripts: [{ url, gzipBytes, beforeFrame }] }`. Times
// are since the navigation began, by the page's own clock.

import { readdirSync, readFileSync } from "node:fs";
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
/** A browser that has used at most so much of the processors' time in so long is at rest. */
const REST_TICKS = 2;
const REST_MS = 500;

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

/** Processor time of this process's descendants so far, in ticks of 10 ms (proc(5): fields 4, 14 and 15 of stat). */
function descendantTicks() {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const stats = processes.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
      return [{ pid: Number(pid), parent: fields[1], ticks: fields[11] + fields[12] }];
    } catch {
      return []; // It has just ended.
    }
  });
  const family = new Set([process.pid]);
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid);
  }
  family.delete(process.pid);
  return stats.reduce((sum, { pid, ticks }) => sum + (family.has(pid) ? ticks : 0), 0);
}

async function atRest() {
  const end = Date.now() + PATIENCE_MS;
  for (let before = descendantTicks(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const now = descendantTicks();
    if (now - before <= REST_TICKS) return;
    if (Date.now() > end) throw new Error("the browser does not come to rest");
    before = now;
  }
}

async function measure() {
  const browser = await chromium.launch({ executablePath: told.chromium, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(watchForFrame);
    // The first page of a process pays for the process; a viewer has it already.
    await page.goto("about:blank");
    await atRest();
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
