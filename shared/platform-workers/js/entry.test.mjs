import assert from "node:assert/strict";
import { test } from "node:test";
import { Entry } from "./entry.js";

/** A module as wasm-bindgen exports it: objects of an earlier start are dead, as their memory is gone. */
function moduleOf() {
  const life = { criticalError: false, instanceId: 1 };
  const module = {
    starts: 1,
    __worker_init_state: () => life,
    __wbg_reset_state() {
      module.starts += 1;
      // As `worker` does when it starts.
      life.instanceId += 1;
    },
    Room: class {
      constructor(state, env) {
        Object.assign(this, { state, env, madeIn: module.starts, heard: [] });
      }
      fetch(request) {
        return this.webSocketMessage("none", request);
      }
      webSocketMessage(socket, message) {
        assert.equal(this.madeIn, module.starts, "a dead object is called");
        if (message === "panic") {
          life.criticalError = true;
          throw new WebAssembly.RuntimeError("unreachable");
        }
        if (message === "trap") throw new WebAssembly.RuntimeError("stack");
        if (message === "error") throw new Error("ordinary");
        this.heard.push(message);
        return { socket, heard: this.heard, state: this.state, env: this.env };
      }
    },
  };
  return module;
}

const listeners = [];
globalThis.addEventListener = (type, listener) => listeners.push({ type, listener });
console.error = () => {};

test("a handler passes everything on", () => {
  const entry = new Entry(moduleOf());
  const fetch = entry.handler((...told) => told);
  assert.deepEqual(fetch("request", "env", "context"), ["request", "env", "context"]);
});

test("after a crash every object is made again of its state, at its next event", () => {
  for (const crash of ["panic", "trap"]) {
    const module = moduleOf();
    const Room = new Entry(module).durableObject(module.Room);
    const [one, other] = [new Room("state 1", "env"), new Room("state 2", "env")];
    assert.deepEqual(one.webSocketMessage("a", "first").heard, ["first"]);
    other.webSocketMessage("b", "first");
    assert.throws(() => one.webSocketMessage("a", crash), WebAssembly.RuntimeError);
    assert.equal(module.starts, 1, "not before it is needed");
    assert.deepEqual(other.webSocketMessage("b", "second"), {
      socket: "b", heard: ["second"], state: "state 2", env: "env",
    });
    assert.deepEqual(one.fetch("second").heard, ["second"]);
    assert.deepEqual(one.fetch("third").heard, ["second", "third"]);
    assert.equal(module.starts, 2, "once");
  }
});

test("a crash outside of all events is noticed", () => {
  const named = { error: "error", unhandledrejection: "reason" };
  for (const [type, name] of Object.entries(named)) {
    const module = moduleOf();
    const Room = new Entry(module).durableObject(module.Room);
    const room = new Room("state", "env");
    const { listener } = listeners.findLast((one) => one.type === type);
    listener({ [name]: new Error("ordinary") });
    room.fetch("first");
    assert.equal(module.starts, 1);
    listener({ [name]: new WebAssembly.RuntimeError("unreachable") });
    assert.deepEqual(room.fetch("second").heard, ["second"]);
    assert.equal(module.starts, 2);
  }
});

test("steps of futures go on soon, and in order", async () => {
  const done = [];
  queueMicrotask(() => done.push("first"));
  queueMicrotask(() => done.push("second"));
  assert.deepEqual(done, []);
  await null;
  assert.deepEqual(done, ["first", "second"]);
});

test("an ordinary error is the caller's and nobody else's", () => {
  const module = moduleOf();
  const Room = new Entry(module).durableObject(module.Room);
  const room = new Room("state", "env");
  room.fetch("first");
  assert.throws(() => room.fetch("error"), /ordinary/);
  assert.deepEqual(room.fetch("second").heard, ["first", "second"]);
});
