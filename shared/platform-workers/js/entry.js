// The main module's side of Wasm: what workerd calls, and how the module starts anew after a crash.
//
// `worker-build` has a main module for this, too. It hands out its classes, their objects and every method
// as a Proxy each, which is felt where events are thousands a second: a message to a Durable Object passed
// six of them.

// Rust's futures go on by `queueMicrotask`, whose every call workerd wraps in bookkeeping of its own. What follows
// a kept promise goes on at the same moment, and is V8's alone.
const kept = Promise.resolve();
globalThis.queueMicrotask = (task) => {
  kept.then(task);
};

/** Events and objects of one Wasm module, given what wasm-bindgen exports. */
export class Entry {
  #wasm;
  /** `criticalError` is set by the hook for panics; `instanceId` counts the starts. */
  #life;

  constructor(wasm) {
    this.#wasm = wasm;
    this.#life = wasm.__worker_init_state();
    // What no call of ours sees: timers, and what goes on after a promise.
    addEventListener("error", ({ error }) => this.#crashed(error));
    addEventListener("unhandledrejection", ({ reason }) => this.#crashed(reason));
  }

  /** A handler of events of the platform. */
  handler(take) {
    return (event, env, context) => this.#run(() => take(event, env, context));
  }

  /**
   * A Durable Object. After a crash it is made again, of what the platform holds for it, as if it had been
   * evicted: its sockets and its storage are still there.
   */
  durableObject(Made) {
    const entry = this;
    return class {
      #state;
      #env;
      #made;
      #madeIn;

      constructor(state, env) {
        this.#state = state;
        this.#env = env;
        entry.#run(() => this.#renew());
      }

      #renew() {
        if (this.#madeIn !== entry.#life.instanceId) {
          this.#made = new Made(this.#state, this.#env);
          this.#madeIn = entry.#life.instanceId;
        }
        return this.#made;
      }

      fetch(request) {
        return entry.#run(() => this.#renew().fetch(request));
      }

      alarm(info) {
        return entry.#run(() => this.#renew().alarm(info));
      }

      webSocketMessage(socket, message) {
        return entry.#run(() => this.#renew().webSocketMessage(socket, message));
      }

      webSocketClose(socket, code, reason, wasClean) {
        return entry.#run(() => this.#renew().webSocketClose(socket, code, reason, wasClean));
      }

      webSocketError(socket, error) {
        return entry.#run(() => this.#renew().webSocketError(socket, error));
      }
    };
  }

  #run(call) {
    if (this.#life.criticalError) this.#startAnew();
    try {
      return call();
    } catch (error) {
      this.#crashed(error);
      throw error;
    }
  }

  #crashed(error) {
    // A panic has said so itself; a trap, such as of a full stack, says nothing.
    if (error instanceof WebAssembly.RuntimeError) this.#life.criticalError = true;
  }

  #startAnew() {
    console.error("the Wasm module has crashed and starts anew");
    this.#wasm.__wbg_reset_state();
    this.#life.criticalError = false;
    this.#life.instanceId += 1;
  }
}
