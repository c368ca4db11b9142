// Main module of the tracker that crashes, as that of the product.

import * as wasm from "wasm-exports";
import { Entry } from "../../../shared/platform-workers/js/entry.js";

const entry = new Entry(wasm);
const crash = entry.handler(wasm.crash);

export default { fetch: entry.handler(wasm.fetch) };

export class SwarmObject extends entry.durableObject(wasm.SwarmObject) {
  webSocketMessage(socket, message) {
    return message === "panic" ? crash() : super.webSocketMessage(socket, message);
  }
}
