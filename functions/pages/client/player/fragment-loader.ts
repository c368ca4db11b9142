// hls.js's fragment loader, so that nothing reaches the decoder unchecked.

import type {
  FragmentLoaderConstructor, FragmentLoaderContext, Loader, LoaderCallbacks, LoaderConfiguration, LoaderStats
} from 'hls.js'

import type { ByteRange, SegmentHashes } from './hashes.ts'
import { IntegrityError, loadSegment, TransferError } from './segment.ts'

export interface FragmentLoaderOptions {
  hashes: SegmentHashes | null
  /** Adds the token of private files. */
  sign: (url: string) => string
  /** A segment was refused twice: playback must not go on. */
  onRefused: (error: IntegrityError) => void
}

/** Code of loader errors that are no HTTP status. */
const NO_STATUS = 0

export function fragmentLoader(options: FragmentLoaderOptions): FragmentLoaderConstructor {
  return class implements Loader<FragmentLoaderContext> {
    context: FragmentLoaderContext | null = null
    stats: LoaderStats = newStats()
    private readonly controller = new AbortController()
    private timer = 0
    private settled = false

    load(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      this.context = context
      this.stats.loading.start = performance.now()
      const { maxTimeToFirstByteMs, maxLoadTimeMs } = config.loadPolicy
      this.expire(maxTimeToFirstByteMs, callbacks)
      loadSegment({
        url: options.sign(context.url),
        range: rangeOf(context),
        hashes: context.frag.sn === 'initSegment' ? null : options.hashes,
        signal: this.controller.signal,
        onProgress: loaded => {
          if (this.stats.loading.first === 0) {
            this.stats.loading.first = performance.now()
            this.expire(maxLoadTimeMs, callbacks)
          }
          this.stats.loaded = loaded
        }
      }).then(data => this.succeed(data, callbacks), error => this.fail(error, callbacks))
    }

    abort(): void {
      if (this.settled) return
      this.settle()
      this.stats.aborted = true
      this.controller.abort()
    }

    destroy(): void {
      this.abort()
      this.context = null
    }

    private expire(afterMs: number, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      clearTimeout(this.timer)
      if (!Number.isFinite(afterMs)) return
      this.timer = window.setTimeout(() => {
        const context = this.context
        this.abort()
        if (context) callbacks.onTimeout(this.stats, context, null)
      }, afterMs)
    }

    private settle(): void {
      this.settled = true
      clearTimeout(this.timer)
    }

    private succeed(data: ArrayBuffer, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      if (this.settled || !this.context) return
      this.settle()
      const { stats, context } = this
      stats.loading.end = Math.max(performance.now(), stats.loading.first)
      stats.loaded = stats.total = data.byteLength
      callbacks.onSuccess({ url: context.url, data, code: 200 }, stats, context, null)
    }

    private fail(error: unknown, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      if (this.settled || !this.context) return
      this.settle()
      if (error instanceof IntegrityError) {
        options.onRefused(error)
        return
      }
      const code = error instanceof TransferError ? error.status : NO_STATUS
      callbacks.onError({ code, text: String(error) }, this.context, null, this.stats)
    }
  }
}

function rangeOf({ rangeStart, rangeEnd }: FragmentLoaderContext): ByteRange {
  // hls.js ends a range with the byte after it.
  return rangeStart !== undefined && rangeEnd ? { first: rangeStart, last: rangeEnd - 1 } : null
}

function newStats(): LoaderStats {
  return {
    aborted: false, loaded: 0, retry: 0, total: 0, chunkCount: 0, bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 }, parsing: { start: 0, end: 0 }, buffering: { start: 0, first: 0, end: 0 }
  }
}
