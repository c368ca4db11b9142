// Main module of the Worker that runs the contracts, as those of the product.

import * as wasm from "wasm-exports";
import { Entry } from "../../../shared/platform-workers/js/entry.js";

const entry = new Entry(wasm);

export default { fetch: entry.handler(wasm.fetch) };

export const InstanceObject = entry.durableObject(wasm.InstanceObject);
