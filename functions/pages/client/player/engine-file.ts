// Plain files, one at a time, and the browser's own HLS, which is one "file".

import type { FileSource } from './data.ts'
import { type Engine, type EngineHost, type Quality } from './engine.ts'

export class FileEngine implements Engine {
  readonly adaptive = false
  readonly qualities: Quality[]
  private readonly sources: FileSource[]
  private readonly host: EngineHost
  private current = 0
  private started = false

  constructor(sources: FileSource[], host: EngineHost) {
    this.sources = sources
    this.host = host
    this.qualities = sources.map(({ label, height }, id) => ({ id, label, width: 0, height }))
    host.video.preload = 'metadata'
    host.video.addEventListener('error', this.onError)
    this.load(host.startAt)
    queueMicrotask(host.onQualities)
  }

  get chosen(): number {
    return this.current
  }

  get shown(): number {
    return this.current
  }

  choose(id: number): void {
    if (id === this.current || !this.sources[id]) return
    const { video } = this.host
    const resume = !video.paused
    this.current = id
    this.load(video.currentTime)
    if (resume) void video.play()
    this.host.onQualities()
  }

  start(): void {
    if (this.started) return
    this.started = true
    this.host.video.preload = 'auto'
  }

  destroy(): void {
    const { video } = this.host
    video.removeEventListener('error', this.onError)
    video.removeAttribute('src')
    video.load()
  }

  private load(at: number): void {
    const { video, sign } = this.host
    video.src = sign(this.sources[this.current]!.url)
    if (at > 0) video.currentTime = at
  }

  private readonly onError = (): void => {
    const error = this.host.video.error
    const network = error?.code === MediaError.MEDIA_ERR_NETWORK
    this.host.onFault(network ? 'network' : 'media', error?.message ?? '')
  }
}
