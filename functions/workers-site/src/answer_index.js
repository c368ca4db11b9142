// What costs less on this side of the boundary: each text that crosses it has its price, and in a busy minute
// tens of thousands of requests a second are answered by what is kept.

/** What `find` answers where nothing is kept; kept_answers.rs takes any number below zero for it. */
const NOWHERE = -1;
/** Longer addresses and longer `Accept` are not kept, in units of UTF-16. */
const MAX_NAME_LENGTH = 512;
/** What makes an answer another one. */
const PERSONAL = ["authorization", "if-none-match", "x-peertube-video-password"];

/** Where the answers are, by the requests that they answer. */
export class AnswerIndex {
  #entries = new Map();
  #addresses = [];

  /** The place of the answer to the same request. */
  find(request) {
    const entry = this.#entries.get(request.url);
    return entry !== undefined && isPlain(request) && request.headers.get("accept") === entry.accept
      ? entry.place
      : NOWHERE;
  }

  /** From now on the answer to this request is there, and nothing else; false if this request's is not kept. */
  put(request, place) {
    const address = request.url;
    const accept = request.headers.get("accept");
    if (!isPlain(request) || address.length > MAX_NAME_LENGTH || accept?.length > MAX_NAME_LENGTH) return false;
    this.#entries.delete(this.#addresses[place]);
    this.#addresses[place] = address;
    this.#entries.set(address, { place, accept });
    return true;
  }
}

/** Whether anybody may have sent it, and it asks for nothing else than its address. */
function isPlain({ method, headers }) {
  return method === "GET" && !PERSONAL.some((name) => headers.has(name));
}
