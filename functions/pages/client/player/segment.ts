// One segment: fetched, checked against its published hash, and only then handed on.

import { type ByteRange, type SegmentHashes } from './hashes.ts'
import { digestHex } from './sha256.ts'

/** The bytes are not those that were published; they were thrown away. */
export class IntegrityError extends Error {}

/** The server answered something else than the bytes. */
export class TransferError extends Error {
  readonly status: number
  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

export interface SegmentRequest {
  url: string
  range: ByteRange
  /** `null` for what has no published hash: the init segment, or a video without hash file. */
  hashes: SegmentHashes | null
  signal: AbortSignal
  /** Called at the first byte, then with the bytes so far. */
  onProgress?: (loaded: number) => void
}

/**
 * Downloads a segment and checks it.
 *
 * A mismatch is not retried from the same place: the second try asks the origin past every cache.
 * A second mismatch, or a range that nobody published a hash for, is an `IntegrityError`.
 */
export async function loadSegment(request: SegmentRequest): Promise<ArrayBuffer> {
  const { url, range, hashes } = request
  if (!hashes) return download(request, 'default')
  const [data, expected] = await Promise.all([download(request, 'default'), hashes.of(url, range)])
  if (expected === null) throw new IntegrityError('This segment has no published hash')
  if (await digestHex(data) === expected) return data
  const again = await download(request, 'reload')
  if (await digestHex(again) === expected) return again
  throw new IntegrityError('This segment does not match its published hash')
}

async function download({ url, range, signal, onProgress }: SegmentRequest, cache: RequestCache): Promise<ArrayBuffer> {
  const headers: Record<string, string> = range ? { range: `bytes=${range.first}-${range.last}` } : {}
  const response = await fetch(url, { headers, signal, cache })
  if (response.status !== (range ? 206 : 200)) {
    throw new TransferError(response.status, `The media server answered ${response.status}`)
  }
  onProgress?.(0)
  return collect(response, range ? range.last - range.first + 1 : null, onProgress)
}

async function collect(
  response: Response, expectedBytes: number | null, onProgress?: (loaded: number) => void
): Promise<ArrayBuffer> {
  if (expectedBytes === null || !response.body) return response.arrayBuffer()
  const data = new Uint8Array(expectedBytes)
  let loaded = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (loaded + value.length > expectedBytes) {
      await reader.cancel()
      throw new TransferError(response.status, 'The media server sent more than was asked')
    }
    data.set(value, loaded)
    loaded += value.length
    onProgress?.(loaded)
  }
  if (loaded < expectedBytes) throw new TransferError(response.status, 'The media server sent less than was asked')
  return data.buffer
}
