// Main module of the site's Worker script.

import * as wasm from "wasm-exports";
import { Entry } from "../../../shared/platform-workers/js/entry.js";

const entry = new Entry(wasm);

export default {
  fetch: entry.handler(wasm.fetch),
  queue: entry.handler(wasm.queue),
  scheduled: entry.handler(wasm.scheduled),
};

export const InstanceObject = entry.durableObject(wasm.InstanceObject);
