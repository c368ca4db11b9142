// What costs less on this side of the boundary: each call between Wasm and JavaScript, and each text
// that crosses it, has its price, and an object in a hurry sends tens of thousands of messages a second.

const encoder = new TextEncoder();

/** What copyText answers instead of a length; text.rs knows these numbers. */
const BINARY = -1;
const TOO_LARGE = -2;

/** Copies a message into a buffer of Wasm as UTF-8; answers its length, which is less than the buffer's. */
export function copyText(message, buffer) {
  if (typeof message !== "string") return BINARY;
  // A UTF-16 unit is one byte or more.
  if (message.length >= buffer.length) return TOO_LARGE;
  const { read, written } = encoder.encodeInto(message, buffer);
  return read < message.length || written === buffer.length ? TOO_LARGE : written;
}

/** Open sockets by number. */
export class SocketTable {
  #sockets = new Map();

  /** Keeps a socket, which then tells its number itself. */
  add(number, socket) {
    socket.swarmSocket = number;
    this.#sockets.set(number, socket);
  }

  find(number) {
    return this.#sockets.get(number);
  }

  remove(number) {
    this.#sockets.delete(number);
  }

  numbers() {
    return Uint32Array.from(this.#sockets.keys());
  }

  /** Sends parts of one text. Three numbers say of each: the receiver, where it begins and where it ends. */
  send(text, parts) {
    for (let at = 0; at < parts.length; at += 3) {
      const socket = this.#sockets.get(parts[at]);
      try {
        socket?.send(text.substring(parts[at + 1], parts[at + 2]));
      } catch {
        // It is closing; its close event follows.
      }
    }
  }
}
