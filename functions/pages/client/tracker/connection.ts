// One WebRTC data channel to another viewer, with the interface of npm's `simple-peer`.

import { Emitter } from './emitter.ts'

/** Candidates that take longer to gather are left out: they would come too late to be of use. */
const GATHER_MS = 1_500
/** From an exchanged description to an open channel. */
const CONNECT_MS = 20_000
/** A path that is lost may come back, after a change of network for instance. */
const RECOVER_MS = 8_000
/** Bytes in the channel's buffer above which writing pauses, and below which it goes on. */
const BUFFER_HIGH_BYTES = 512 * 1024
const BUFFER_LOW_BYTES = 128 * 1024

/** Events: `connect`, `data` (Uint8Array), `drain`, `error`, `close`. */
export class Connection extends Emitter {
  /** The other's peer id in hexadecimal; set before p2p-media-loader sees the connection. */
  id = ''
  /** The same as p2p-media-loader wants to print it. */
  idUtf8 = ''
  readonly initiator: boolean
  private readonly peer: RTCPeerConnection
  private channel: RTCDataChannel | null = null
  private timer = 0
  private destroyed = false
  private readonly onEnd: () => void

  constructor(initiator: boolean, config: RTCConfiguration | undefined, onEnd: () => void) {
    super()
    this.initiator = initiator
    this.onEnd = onEnd
    this.peer = new RTCPeerConnection(config)
    this.peer.addEventListener('connectionstatechange', () => this.follow())
    if (initiator) this.use(this.peer.createDataChannel('segments'))
    else this.peer.addEventListener('datachannel', event => this.use(event.channel))
  }

  get isOpen(): boolean {
    return this.channel?.readyState === 'open'
  }

  async offer(): Promise<RTCSessionDescriptionInit> {
    return this.describe(await this.peer.createOffer())
  }

  async answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await this.peer.setRemoteDescription(offer)
    const own = await this.describe(await this.peer.createAnswer())
    this.expire(CONNECT_MS)
    return own
  }

  async accept(answer: RTCSessionDescriptionInit): Promise<void> {
    await this.peer.setRemoteDescription(answer)
    this.expire(CONNECT_MS)
  }

  /** Answers whether more may be written at once; if not, `drain` follows. */
  write(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): boolean {
    const { channel } = this
    if (channel?.readyState !== 'open') return false
    try {
      channel.send(bytes as ArrayBuffer)
    } catch (error) {
      this.fail('ERR_DATA_CHANNEL', error)
      return false
    }
    return channel.bufferedAmount < BUFFER_HIGH_BYTES
  }

  /** Closes without an event: whoever calls this knows. */
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    clearTimeout(this.timer)
    this.channel?.close()
    this.peer.close()
    this.onEnd()
  }

  private async describe(description: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await this.peer.setLocalDescription(description)
    await this.gathered()
    const { type = 'offer', sdp = '' } = this.peer.localDescription ?? description
    return { type, sdp }
  }

  private gathered(): Promise<void> {
    return new Promise(resolve => {
      const look = () => { if (this.peer.iceGatheringState === 'complete') resolve() }
      this.peer.addEventListener('icegatheringstatechange', look)
      setTimeout(resolve, GATHER_MS)
      look()
    })
  }

  private use(channel: RTCDataChannel): void {
    if (this.channel) {
      channel.close()
      return
    }
    this.channel = channel
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = BUFFER_LOW_BYTES
    channel.addEventListener('open', () => {
      clearTimeout(this.timer)
      this.emit('connect')
    })
    channel.addEventListener('message', event => this.receive(event.data))
    channel.addEventListener('bufferedamountlow', () => this.emit('drain'))
    channel.addEventListener('close', () => this.end())
  }

  private receive(data: unknown): void {
    if (this.destroyed || !(data instanceof ArrayBuffer)) return
    try {
      this.emit('data', new Uint8Array(data))
    } catch (error) {
      // What the other sent made no sense to the protocol above.
      this.fail('ERR_DATA_CHANNEL', error)
    }
  }

  private follow(): void {
    const { connectionState } = this.peer
    if (connectionState === 'failed') this.fail('ERR_CONNECTION_FAILURE', new Error('The connection failed'))
    else if (connectionState === 'disconnected') this.expire(RECOVER_MS)
    else if (connectionState === 'connected' && this.isOpen) clearTimeout(this.timer)
  }

  private expire(afterMs: number): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.end(), afterMs)
  }

  private fail(code: string, cause: unknown): void {
    if (this.destroyed) return
    this.emit('error', Object.assign(new Error(String(cause)), { code }))
    this.end()
  }

  private end(): void {
    if (this.destroyed) return
    this.destroy()
    this.emit('close')
  }
}
