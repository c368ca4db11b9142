// Being in one swarm at one tracker: announcing, offering, answering.

import type { Attendant } from './attendants.ts'
import { Connection } from './connection.ts'
import { TrackerSocket } from './socket.ts'
import { encodeAnnounce, encodeAnswer, hex, newOfferId, type Offer, type Reply } from './wire.ts'

/** Connections that are looked for; others may still find us. */
const WANTED = 8
/** Connections beyond which nobody is answered any more. */
const CONNECTIONS_MAX = 24
/** Offers of one announce: each costs a connection that may never be used. */
const OFFERS_MAX = 5
/** An offer that nobody answered by then will not be. */
const OFFER_LIFE_MS = 50_000
const INTERVAL_DEFAULT_SECS = 30
const INTERVAL_MIN_SECS = 10
const INTERVAL_MAX_SECS = 30 * 60

export interface MembershipOptions {
  url: string
  attendant: Attendant
  infoHash: string
  peerId: string
  rtcConfig: RTCConfiguration | undefined
  onPeer: (connection: Connection) => void
  onWarning: (error: Error) => void
}

export class Membership {
  readonly infoHash: string
  private readonly options: MembershipOptions
  private readonly offers = new Map<string, Connection>()
  private readonly connections = new Set<Connection>()
  private socket: TrackerSocket | null = null
  private timer = 0
  private intervalSecs = INTERVAL_DEFAULT_SECS
  /** Whether the next count is to be answered with offers. */
  private asking = false

  constructor(options: MembershipOptions) {
    this.options = options
    this.infoHash = options.infoHash
  }

  start(): void {
    this.socket ??= TrackerSocket.join(this.options.url, this)
  }

  end(): void {
    const { socket } = this
    if (!socket) return
    this.socket = null
    clearTimeout(this.timer)
    socket.send(encodeAnnounce({ ...this.names(), event: 'stopped', offers: [] }))
    socket.leave(this)
    for (const connection of [...this.offers.values()]) connection.destroy()
    this.offers.clear()
  }

  onOpen(): void {
    this.ask('started')
  }

  onLost(): void {
    clearTimeout(this.timer)
    this.options.onWarning(new Error('The connection to the tracker was lost'))
    this.options.attendant.onOthers(this.infoHash, 0)
  }

  onReply(reply: Reply): void {
    if (reply.fromPeerId === this.options.peerId) return
    if (reply.failure !== null) {
      this.options.onWarning(new Error(reply.failure))
      this.options.attendant.onOthers(this.infoHash, 0)
    }
    if (reply.intervalSecs !== null) {
      this.intervalSecs = Math.min(Math.max(reply.intervalSecs, INTERVAL_MIN_SECS), INTERVAL_MAX_SECS)
      this.schedule()
    }
    if (reply.peers !== null) this.count(Math.max(0, reply.peers - 1))
    const { fromPeerId, offerId, offer, answer } = reply
    if (fromPeerId === null || offerId === null) return
    if (offer) void this.answer(fromPeerId, offerId, offer)
    if (answer) void this.accept(fromPeerId, offerId, answer)
  }

  /** Announces without offers: whoever is alone needs none. */
  private ask(event?: 'started'): void {
    this.asking = true
    this.socket?.send(encodeAnnounce({ ...this.names(), ...event ? { event } : {}, offers: [] }))
    this.schedule()
  }

  private schedule(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.ask(), this.intervalSecs * 1000)
  }

  private count(others: number): void {
    this.options.attendant.onOthers(this.infoHash, others)
    if (!this.asking) return
    this.asking = false
    const missing = Math.min(others, WANTED) - this.openConnections()
    if (missing > 0) void this.offer(Math.min(missing, OFFERS_MAX))
  }

  private async offer(wanted: number): Promise<void> {
    const made = await Promise.all(Array.from({ length: wanted }, () => this.newOffer()))
    const offers = made.filter(offer => offer !== null)
    if (offers.length > 0) this.socket?.send(encodeAnnounce({ ...this.names(), offers }))
  }

  private async newOffer(): Promise<Offer | null> {
    const offerId = newOfferId()
    const connection = this.connect(true)
    this.offers.set(offerId, connection)
    setTimeout(() => {
      if (this.offers.delete(offerId)) connection.destroy()
    }, OFFER_LIFE_MS)
    try {
      return { offer: await connection.offer(), offer_id: offerId }
    } catch {
      this.offers.delete(offerId)
      connection.destroy()
      return null
    }
  }

  private async answer(fromPeerId: string, offerId: string, offer: RTCSessionDescriptionInit): Promise<void> {
    const id = hex(fromPeerId)
    const known = [...this.connections].some(connection => connection.id === id)
    if (known || this.connections.size - this.offers.size >= CONNECTIONS_MAX || !this.options.attendant.isWelcome(id)) return
    const connection = this.connect(false)
    connection.id = id
    this.options.onPeer(connection)
    try {
      const answer = await connection.answer(offer)
      this.socket?.send(encodeAnswer({ ...this.names(), toPeerId: fromPeerId, offerId, answer }))
    } catch {
      connection.destroy()
    }
  }

  private async accept(fromPeerId: string, offerId: string, answer: RTCSessionDescriptionInit): Promise<void> {
    const connection = this.offers.get(offerId)
    if (!connection) return
    this.offers.delete(offerId)
    connection.id = hex(fromPeerId)
    if (!this.options.attendant.isWelcome(connection.id)) {
      connection.destroy()
      return
    }
    this.options.onPeer(connection)
    try {
      await connection.accept(answer)
    } catch {
      connection.destroy()
    }
  }

  private connect(initiator: boolean): Connection {
    const connection: Connection = new Connection(
      initiator, this.options.rtcConfig, () => this.connections.delete(connection)
    )
    this.connections.add(connection)
    return connection
  }

  private openConnections(): number {
    return [...this.connections].filter(connection => connection.isOpen).length
  }

  private names(): { infoHash: string, peerId: string } {
    return { infoHash: this.infoHash, peerId: this.options.peerId }
  }
}
