// The least that a tracker does with WebTorrent's messages, in plain JavaScript: one reply to an announce,
// each offer to another socket, each answer to its offerer. No limits, no ownership of names, no check of
// anything: it does not even parse, but cuts out what stands between marks of our own load tool. Messages
// leave together every few milliseconds, as ours do. What our tracker and Node's are compared with, to see
// what the platform itself takes.
//
//   /hibernating/<name>   an object whose sockets outlive its sleep: each message is an event of the platform
//   /awake/<name>         an object that listens to its sockets itself and never sleeps

import { DurableObject } from "cloudflare:workers";

const GROUPED_MS = 10;
const ID_LENGTH = 20;
const PEER = '"peer_id":"';
const TO_PEER = '"to_peer_id":"';
const ANSWER = '"answer":';
const OFFER = '{"offer":';
const NEXT_OFFER = "},{";
const HASH = '"info_hash":"';

class Swarm {
  #sockets = new Map();
  #ids = [];
  #waiting = new Map();

  receive(socket, text) {
    const idAt = (mark) => text.substr(text.indexOf(mark) + mark.length, ID_LENGTH);
    const id = idAt(PEER);
    const hash = idAt(HASH);
    const end = `,"peer_id":"${id}","info_hash":"${hash}"}`;
    const answerAt = text.indexOf(ANSWER);
    if (answerAt >= 0) {
      const toAt = text.indexOf(TO_PEER);
      const answer = text.slice(answerAt, toAt - 1);
      // From the receiver's id to the end there is only the id of the offer.
      const offerId = text.slice(toAt + TO_PEER.length + ID_LENGTH + 1, -1);
      this.#send(this.#sockets.get(idAt(TO_PEER)), `{"action":"announce",${answer}${offerId}${end}`);
      return;
    }
    if (!this.#sockets.has(id)) this.#ids.push(id);
    this.#sockets.set(id, socket);
    const counts = `{"complete":0,"incomplete":${this.#ids.length},"action":"announce","interval":120`;
    this.#send(socket, `${counts},"info_hash":"${hash}"}`);
    const start = Math.floor(Math.random() * this.#ids.length);
    let at = text.indexOf(OFFER);
    for (let number = 0; at >= 0; number += 1) {
      const next = text.indexOf(NEXT_OFFER, at);
      const offer = text.slice(at + 1, next >= 0 ? next : text.length - 3);
      const receiver = this.#ids[(start + number) % this.#ids.length];
      if (receiver !== id) this.#send(this.#sockets.get(receiver), `{"action":"announce",${offer}${end}`);
      at = next >= 0 ? next + 2 : -1;
    }
  }

  #send(socket, text) {
    if (socket === undefined) return;
    if (this.#waiting.size === 0) setTimeout(() => this.#flush(), GROUPED_MS);
    const texts = this.#waiting.get(socket);
    if (texts) texts.push(text);
    else this.#waiting.set(socket, [text]);
  }

  #flush() {
    for (const [socket, texts] of this.#waiting) for (const text of texts) socket.send(text);
    this.#waiting.clear();
  }
}

function upgrade(accept) {
  const { 0: client, 1: server } = new WebSocketPair();
  accept(server);
  return new Response(null, { status: 101, webSocket: client });
}

export class Hibernating extends DurableObject {
  #swarm = new Swarm();

  fetch() {
    return upgrade((socket) => this.ctx.acceptWebSocket(socket));
  }

  webSocketMessage(socket, text) {
    this.#swarm.receive(socket, text);
  }
}

export class Awake extends DurableObject {
  #swarm = new Swarm();

  fetch() {
    return upgrade((socket) => {
      socket.accept();
      socket.addEventListener("message", ({ data }) => this.#swarm.receive(socket, data));
    });
  }
}

export default {
  fetch(request, { HIBERNATING, AWAKE }) {
    const [, kind, name] = new URL(request.url).pathname.split("/");
    if (name === undefined) return new Response("ready");
    return (kind === "awake" ? AWAKE : HIBERNATING).getByName(name).fetch(request);
  },
};
