// hls.js's fragment loader, so that nothing reaches the decoder unchecked.

import type {
  FragmentLoaderConstructor, FragmentLoaderContext, Loader, LoaderCallbacks, LoaderConfiguration, LoaderStats
} from 'hls.js'

import type { ByteRange, SegmentHashes } from './hashes.ts'
import type { Mirrors } from './mirrors.ts'
import type { Brought, Opening } from './opening.ts'
import { IntegrityError, TransferError } from './segment.ts'
import type { Sharing } from './sharing.ts'

export interface FragmentLoaderOptions {
  hashes: SegmentHashes | null
  mirrors: Mirrors
  /** What is here before hls.js. */
  opening: Opening | null
  /** Adds the token of private files. */
  sign: (url: string) => string
  sharing: Sharing
  /** Bits per second that the edge gives, by the newest measurement. */
  estimateBps: () => number
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
    private fromEdge = false

    load(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      this.context = context
      this.stats.loading.start = performance.now()
      const brought = options.opening?.take(context.url, rangeOf(context))
      if (!brought) {
        this.loadFromOthers(context, config, callbacks)
        return
      }
      void brought.then(found => {
        if (this.settled) return
        if (found) this.succeedAtOnce(context, found, callbacks)
        else this.loadFromOthers(context, config, callbacks)
      })
    }

    private loadFromOthers(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      const isChecked = context.frag.sn !== 'initSegment' && options.hashes !== null
      const shared = isChecked ? options.sharing.obtain(context.frag, this.controller.signal) : null
      if (!shared) {
        this.loadFromEdge(context, config, callbacks)
        return
      }
      // hls.js takes a finished segment to be no sign of a slow connection.
      this.stats.loaded = this.stats.total = 1
      void shared.then(data => {
        if (this.settled) return
        if (data) this.succeedFromPeers(data, callbacks)
        else this.loadFromEdge(context, config, callbacks)
      })
    }

    private loadFromEdge(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      this.stats.loaded = this.stats.total = 0
      this.stats.loading.start = performance.now()
      this.fromEdge = true
      const { maxTimeToFirstByteMs, maxLoadTimeMs } = config.loadPolicy
      this.expire(maxTimeToFirstByteMs, callbacks)
      options.mirrors.load({
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
      }).then(data => {
        if (context.frag.sn !== 'initSegment' && options.hashes) options.sharing.keep(context.frag, data)
        this.succeed(data, callbacks)
      }, error => this.fail(error, callbacks))
    }

    /** It took as long as it took, though before hls.js was there. */
    private succeedAtOnce(context: FragmentLoaderContext, { data, startMs, firstMs, endMs }: Brought, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      this.fromEdge = true
      if (context.frag.sn !== 'initSegment' && options.hashes) options.sharing.keep(context.frag, data)
      Object.assign(this.stats.loading, { start: startMs, first: firstMs })
      this.succeed(data, callbacks, endMs)
    }

    /** As long as the edge would have taken: other viewers' speed must not choose the quality. */
    private succeedFromPeers(data: ArrayBuffer, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
      const { loading } = this.stats
      const end = performance.now()
      loading.start = loading.first = end - data.byteLength * 8_000 / Math.max(options.estimateBps(), 1)
      this.succeed(data, callbacks)
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
      if (this.fromEdge) options.sharing.count(this.stats.loaded)
      clearTimeout(this.timer)
    }

    private succeed(data: ArrayBuffer, callbacks: LoaderCallbacks<FragmentLoaderContext>, endMs = performance.now()): void {
      if (this.settled || !this.context) return
      const { stats, context } = this
      stats.loading.end = Math.max(endMs, stats.loading.first)
      stats.loaded = stats.total = data.byteLength
      this.settle()
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
