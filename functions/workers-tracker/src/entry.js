// Main module of the tracker's Worker script.

import * as wasm from "wasm-exports";
import { Entry } from "../../../shared/platform-workers/js/entry.js";

const entry = new Entry(wasm);

export default { fetch: entry.handler(wasm.fetch) };

export const SwarmObject = entry.durableObject(wasm.SwarmObject);
