// A resumable upload: one POST opens it, PUTs with `Content-Range` carry it, DELETE ends it.

import {
  arrivedBytes, type Chunk, CHUNK_MAX_BYTES, chunkAt, contentRange, FIRST_CHUNK_BYTES, isWorthRetrying, nextChunkSize, retryDelayMs
} from './plan.ts'
import { problem, problemOf } from '../api/problem.ts'
import { freshToken } from '../api/session.ts'
import { SignedOut } from '../api/http.ts'

const PATH = '/api/v1/videos/upload-resumable'
/** Failures in a row after which the viewer must act: about twenty minutes of trying. */
const ATTEMPTS_MAX = 45

export interface Uploaded { id: number, uuid: string, shortUUID: string }

export interface TransferEvents {
  /** Bytes that have arrived or are on their way. */
  onProgress: (sent: number, total: number) => void
  /** Waiting to try again; `delayMs` is how long. */
  onWaiting: (delayMs: number) => void
}

interface Answer { status: number, range: string | null, body: unknown }

export class Transfer {
  private readonly file: File
  private readonly events: TransferEvents
  private readonly chunkMax: number
  private readonly controller = new AbortController()
  private wake: (() => void) | null = null
  /** Where the upload lives; kept so that it can go on after the page was closed. */
  location: string | null

  constructor(file: File, events: TransferEvents, chunkMax: number, location: string | null = null) {
    this.file = file
    this.events = events
    this.chunkMax = chunkMax > 0 ? Math.min(chunkMax, CHUNK_MAX_BYTES) : CHUNK_MAX_BYTES
    this.location = location
  }

  /** Opens the upload with the video's attributes. */
  async open(attributes: FormData): Promise<void> {
    attributes.set('filename', this.file.name)
    const response = await fetch(PATH, {
      method: 'POST',
      body: attributes,
      headers: {
        ...await authorization(),
        'x-upload-content-length': String(this.file.size),
        'x-upload-content-type': this.file.type || 'application/octet-stream'
      },
      signal: this.controller.signal
    })
    const location = response.headers.get('location')
    if (!response.ok) throw await problem(response)
    if (!location) throw problemOf(response.status, { detail: 'The server opened no upload.' })
    // The same server answers under this page's origin, whatever its public one is.
    this.location = PATH + new URL(location, window.location.href).search
  }

  /** Sends what has not arrived; resolves with the video. */
  async run(resume: boolean): Promise<Uploaded> {
    const total = this.file.size
    let size = Math.min(FIRST_CHUNK_BYTES, this.chunkMax)
    let offset = 0
    let failures = 0
    let ask = resume
    for (;;) {
      const chunk = ask ? null : chunkAt(offset, size, total)
      const began = performance.now()
      const answer = await this.put(chunk, total)
      if (answer.status === 200 || answer.status === 201) return (answer.body as { video: Uploaded }).video
      if (answer.status === 308) {
        failures = 0
        ask = false
        if (chunk && chunk.end - chunk.start === size) size = nextChunkSize(size, performance.now() - began, this.chunkMax)
        offset = arrivedBytes(answer.range)
        this.events.onProgress(offset, total)
        continue
      }
      failures += 1
      if (!isWorthRetrying(answer.status) || failures > ATTEMPTS_MAX) throw problemOf(answer.status, answer.body)
      await this.pause(retryDelayMs(failures))
      // Some of the chunk may have arrived: the server knows how much.
      ask = true
      size = Math.min(FIRST_CHUNK_BYTES, this.chunkMax)
    }
  }

  /** Tries again at once instead of waiting. */
  retryNow(): void {
    this.wake?.()
  }

  /** Stops, and has the server drop what has arrived. */
  async cancel(): Promise<void> {
    this.controller.abort()
    if (!this.location) return
    await fetch(this.location, { method: 'DELETE', headers: await authorization() }).catch(() => undefined)
  }

  private async put(chunk: Chunk | null, total: number): Promise<Answer> {
    const headers = await authorization().catch((error: unknown) => {
      if (error instanceof SignedOut) throw error
      return null
    })
    if (headers === null) return { status: 0, range: null, body: null }
    return new Promise((resolve, reject) => {
      // `fetch` cannot tell how much of a body has been sent.
      const xhr = new XMLHttpRequest()
      const stop = () => xhr.abort()
      const { signal } = this.controller
      if (signal.aborted) return reject(signal.reason as Error)
      signal.addEventListener('abort', stop, { once: true })
      xhr.open('PUT', this.location ?? PATH)
      xhr.setRequestHeader('content-range', contentRange(chunk, total))
      xhr.setRequestHeader('content-type', 'application/octet-stream')
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
      xhr.upload.onprogress = event => { if (chunk) this.events.onProgress(chunk.start + event.loaded, total) }
      xhr.onloadend = () => {
        signal.removeEventListener('abort', stop)
        if (signal.aborted) reject(signal.reason as Error)
        else resolve({ status: xhr.status, range: xhr.status === 308 ? xhr.getResponseHeader('range') : null, body: parse(xhr.responseText) })
      }
      xhr.send(chunk ? this.file.slice(chunk.start, chunk.end) : null)
    })
  }

  private async pause(delayMs: number): Promise<void> {
    this.events.onWaiting(delayMs)
    await new Promise<void>((resolve, reject) => {
      const { signal } = this.controller
      const done = () => {
        clearTimeout(timer)
        removeEventListener('online', done)
        this.wake = null
        resolve()
      }
      const timer = setTimeout(done, delayMs)
      this.wake = done
      addEventListener('online', done)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }
}

async function authorization(): Promise<Record<string, string>> {
  const token = await freshToken()
  if (!token) throw new SignedOut()
  return { authorization: `Bearer ${token}` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
