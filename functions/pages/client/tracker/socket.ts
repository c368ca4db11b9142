// One WebSocket per tracker URL, shared by all swarms of the page.

import { parseReply, type Reply } from './wire.ts'

export interface Member {
  infoHash: string
  onOpen: () => void
  onLost: () => void
  onReply: (reply: Reply) => void
}

/** After a tracker restarts, its viewers come back spread over this span. */
const RECONNECT_MIN_MS = 5_000
const RECONNECT_MAX_MS = 60_000
/** A tracker that is down for long is asked less and less often, but this often at least. */
const RECONNECT_CEILING_MS = 5 * 60_000

/** When to connect again after so many failures in a row; `random` is in 0..1. */
export function reconnectDelayMs(failures: number, random: number): number {
  const first = RECONNECT_MIN_MS + random * (RECONNECT_MAX_MS - RECONNECT_MIN_MS)
  return Math.min(first * 2 ** Math.min(failures, 6), RECONNECT_CEILING_MS)
}

const open = new Map<string, TrackerSocket>()

export class TrackerSocket {
  private readonly url: string
  private readonly members = new Set<Member>()
  private socket: WebSocket | null = null
  private failures = 0
  private timer = 0

  /** Joins the socket of this URL, which is opened for its first member. */
  static join(url: string, member: Member): TrackerSocket {
    const socket = open.get(url) ?? new TrackerSocket(url)
    socket.members.add(member)
    if (socket.isOpen) member.onOpen()
    return socket
  }

  private constructor(url: string) {
    this.url = url
    open.set(url, this)
    this.connect()
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  send(message: string): void {
    if (this.isOpen) this.socket?.send(message)
  }

  leave(member: Member): void {
    this.members.delete(member)
    if (this.members.size > 0) return
    open.delete(this.url)
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  private connect(): void {
    let socket: WebSocket
    try {
      socket = new WebSocket(this.url)
    } catch {
      // A URL that no socket takes, such as `ws:` on a secure page, will not become one.
      return
    }
    this.socket = socket
    socket.addEventListener('open', () => {
      if (this.socket !== socket) return
      this.failures = 0
      for (const member of [...this.members]) member.onOpen()
    })
    socket.addEventListener('message', event => {
      if (this.socket === socket) this.receive(event.data)
    })
    socket.addEventListener('close', () => {
      if (this.socket === socket) this.reconnect()
    })
  }

  private receive(data: unknown): void {
    const reply = parseReply(data)
    if (!reply) return
    for (const member of [...this.members]) if (member.infoHash === reply.infoHash) member.onReply(reply)
  }

  private reconnect(): void {
    this.socket = null
    for (const member of [...this.members]) member.onLost()
    this.timer = window.setTimeout(() => this.connect(), reconnectDelayMs(this.failures, Math.random()))
    this.failures += 1
  }
}
