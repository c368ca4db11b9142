// How much to send next, and from where: arithmetic without a network.

/** The first chunk, as PeerTube's own client sends it; also the smallest. */
export const FIRST_CHUNK_BYTES = 1024 * 1024
/** Largest chunk where the instance states none: well below every edge's body limit. */
export const CHUNK_MAX_BYTES = 32 * 1024 * 1024
/** A chunk that took less than this was too small, one that took more than the other too large. */
const FAST_MS = 2_000
const SLOW_MS = 15_000
/** Waits between attempts grow to this. */
const WAIT_MAX_MS = 30_000

export interface Chunk {
  /** First byte of the file in this chunk. */
  start: number
  /** The byte after its last one. */
  end: number
}

/** The chunk after `offset` bytes have arrived. `size` may exceed what is left. */
export function chunkAt(offset: number, size: number, total: number): Chunk {
  return { start: offset, end: Math.min(total, offset + Math.max(1, size)) }
}

/** The size of the next chunk after one of `size` bytes took `elapsedMs`. */
export function nextChunkSize(size: number, elapsedMs: number, max: number): number {
  const wanted = elapsedMs < FAST_MS ? size * 2 : elapsedMs > SLOW_MS ? size / 2 : size
  return Math.round(Math.min(Math.max(wanted, FIRST_CHUNK_BYTES), Math.max(max, 1)))
}

/** `Content-Range` of a chunk; of no bytes at all it asks how many have arrived. */
export function contentRange(chunk: Chunk | null, total: number): string {
  return chunk ? `bytes ${chunk.start}-${chunk.end - 1}/${total}` : `bytes */${total}`
}

/** Bytes that have arrived, from the `Range` of a 308 answer: `bytes=0-41` means 42; none means 0. */
export function arrivedBytes(range: string | null): number {
  const match = /^bytes=0-(\d+)$/.exec(range ?? '')
  return match ? Number(match[1]) + 1 : 0
}

/** Milliseconds before attempt `attempt` (1 is the first retry). */
export function retryDelayMs(attempt: number): number {
  return Math.min(WAIT_MAX_MS, 1_000 * 2 ** (attempt - 1))
}

/** Whether a failed request may succeed when sent again: no answer, a limit, or the server's fault. */
export function isWorthRetrying(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500
}
