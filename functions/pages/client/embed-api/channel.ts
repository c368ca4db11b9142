// jschannel, as PeerTube's embed library speaks it: JSON strings over `postMessage`.
//
// Both ends announce themselves with `SCOPE::__ready`; what an end says before it knows the other
// waits. `{id, method, params}` is a call, answered by `{id, result}` or `{id, error, message}`;
// a message with a method and no id is an event.

export type Handler = (params: unknown) => unknown

interface Message {
  id?: number | string
  method?: string
  params?: unknown
}

/** Messages kept for a page that has not answered yet; the oldest go first. */
const WAITING_MAX = 100

export interface Peer {
  postMessage(text: string, origin: string): void
}

export class Channel {
  private readonly peer: Peer
  private readonly scope: string
  private readonly handlers = new Map<string, Handler>()
  private waiting: string[] = []
  private ready = false

  constructor(peer: Peer, scope: string) {
    this.peer = peer
    this.scope = scope
  }

  bind(method: string, handler: Handler): void {
    this.handlers.set(method, handler)
  }

  /** Announces this end. */
  open(): void {
    this.post({ method: `${this.scope}::__ready`, params: { type: 'publish-request', publish: [] } })
  }

  notify(method: string, params: unknown): void {
    const message = { method: `${this.scope}::${method}`, params }
    if (this.ready) {
      this.post(message)
      return
    }
    this.waiting.push(JSON.stringify(message))
    if (this.waiting.length > WAITING_MAX) this.waiting.shift()
  }

  /** Takes what a window has sent, whatever it is. */
  async receive(data: unknown): Promise<void> {
    const message = parse(data)
    const prefix = `${this.scope}::`
    if (!message?.method?.startsWith(prefix)) return
    const method = message.method.slice(prefix.length)
    if (method === '__ready') {
      this.meet(message.params)
      return
    }
    if (message.id === undefined || message.id === null) {
      await this.handlers.get(method)?.(message.params)
      return
    }
    await this.answer(message.id, method, message.params)
  }

  private meet(params: unknown): void {
    if ((params as { type?: unknown } | null)?.type === 'publish-request') {
      this.post({ method: `${this.scope}::__ready`, params: { type: 'publish-reply', publish: [] } })
    }
    this.ready = true
    for (const text of this.waiting) this.peer.postMessage(text, '*')
    this.waiting = []
  }

  private async answer(id: number | string, method: string, params: unknown): Promise<void> {
    const handler = this.handlers.get(method)
    if (!handler) {
      this.post({ id, error: 'method_not_found', message: `No method '${method}' was bound by the provider` })
      return
    }
    try {
      this.post({ id, result: await handler(params) })
    } catch (error) {
      const { name, message } = error as Error
      this.post({ id, error: name || 'runtime_error', message: message || String(error) })
    }
  }

  /** Any page may embed a public player, so every origin may hear it. */
  private post(message: object): void {
    this.peer.postMessage(JSON.stringify(message), '*')
  }
}

function parse(data: unknown): Message | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null ? message as Message : null
  } catch {
    return null
  }
}
