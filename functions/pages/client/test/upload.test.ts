import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  arrivedBytes, chunkAt, contentRange, FIRST_CHUNK_BYTES, isWorthRetrying, nextChunkSize, retryDelayMs
} from '../upload/plan.ts'
import { parseTags } from '../upload/fields.ts'

test('chunks cover a file once, whatever its size', () => {
  for (const total of [1, FIRST_CHUNK_BYTES - 1, FIRST_CHUNK_BYTES, FIRST_CHUNK_BYTES + 1, 10_000_001]) {
    let offset = 0
    let size = FIRST_CHUNK_BYTES
    while (offset < total) {
      const chunk = chunkAt(offset, size, total)
      assert.equal(chunk.start, offset)
      assert.ok(chunk.end > chunk.start && chunk.end <= total)
      offset = chunk.end
      size = nextChunkSize(size, 100, 4 * FIRST_CHUNK_BYTES)
      assert.ok(size <= 4 * FIRST_CHUNK_BYTES)
    }
    assert.equal(offset, total)
  }
})

test('chunks grow while fast, shrink while slow, and stay within bounds', () => {
  const mib = FIRST_CHUNK_BYTES
  assert.equal(nextChunkSize(mib, 500, 32 * mib), 2 * mib)
  assert.equal(nextChunkSize(4 * mib, 5_000, 32 * mib), 4 * mib)
  assert.equal(nextChunkSize(4 * mib, 20_000, 32 * mib), 2 * mib)
  assert.equal(nextChunkSize(mib, 20_000, 32 * mib), mib)
  assert.equal(nextChunkSize(32 * mib, 500, 32 * mib), 32 * mib)
  // An instance may allow less than our first chunk.
  assert.equal(nextChunkSize(1000, 500, 1000), 1000)
})

test('speaks the protocol of ranges', () => {
  assert.equal(contentRange({ start: 0, end: 10 }, 42), 'bytes 0-9/42')
  assert.equal(contentRange(null, 42), 'bytes */42')
  assert.equal(arrivedBytes('bytes=0-9'), 10)
  assert.equal(arrivedBytes(null), 0)
  assert.equal(arrivedBytes('bytes=5-9'), 0)
})

test('retries what may pass, ever slower', () => {
  for (const status of [0, 408, 429, 500, 503]) assert.ok(isWorthRetrying(status), String(status))
  for (const status of [400, 401, 403, 404, 409, 413]) assert.ok(!isWorthRetrying(status), String(status))
  assert.deepEqual([1, 2, 3, 10].map(retryDelayMs), [1000, 2000, 4000, 30000])
})

test('splits tags at commas, each once', () => {
  assert.deepEqual(parseTags(' a b, c ,, a b,'), ['a b', 'c'])
  assert.deepEqual(parseTags(''), [])
})
