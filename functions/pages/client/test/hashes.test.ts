import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'

import { fileName, listedHash, SegmentHashes } from '../player/hashes.ts'
import { IntegrityError, loadSegment, TransferError } from '../player/segment.ts'
import { digestHex, sha256 } from '../player/sha256.ts'

const URL_720 = 'https://tube.example/static/hls/u/a-720.mp4?videoFileToken=x#y'

test('finds a hash by file name and inclusive range', () => {
  const table = { 'a-720.mp4': { '1334-9999': 'AB01' }, 'live.ts': 'CD02', odd: { '0-1': 7 } }
  assert.equal(fileName(URL_720), 'a-720.mp4')
  assert.equal(listedHash(table, URL_720, { first: 1334, last: 9999 }), 'ab01')
  assert.equal(listedHash(table, URL_720, { first: 1334, last: 9998 }), null)
  assert.equal(listedHash(table, URL_720, null), null)
  assert.equal(listedHash(table, '/x/live.ts', null), 'cd02')
  assert.equal(listedHash(table, '/x/live.ts', { first: 0, last: 1 }), null)
  assert.equal(listedHash(table, '/x/odd', { first: 0, last: 1 }), null)
  for (const hostile of [null, 'x', 3, [], { constructor: 1 }]) {
    assert.equal(listedHash(hostile, '/x/constructor', { first: 0, last: 1 }), null)
  }
  assert.equal(listedHash({}, '/x/__proto__', null), null)
})

test('own SHA-256 agrees with the platform at every block boundary', async () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 70_001]) {
    const data = new Uint8Array(randomBytes(length))
    const expected = createHash('sha256').update(data).digest('hex')
    assert.equal(Buffer.from(sha256(data)).toString('hex'), expected, `${length} bytes`)
    assert.equal(await digestHex(data.buffer), expected)
  }
  // A view into a larger buffer hashes its own bytes alone.
  const whole = new Uint8Array(randomBytes(300))
  const expected = createHash('sha256').update(whole.subarray(7, 207)).digest('hex')
  assert.equal(Buffer.from(sha256(whole.subarray(7, 207))).toString('hex'), expected)
})

test('asks for a newer hash file once, when a range is missing', async () => {
  const asked: (RequestCache | undefined)[] = []
  const hashes = new SegmentHashes('/h.json', async (_, { cache }) => {
    asked.push(cache)
    return asked.length === 1 ? {} : { 'a.mp4': { '0-1': 'ff' } }
  })
  assert.equal(await hashes.of('/a.mp4', { first: 0, last: 1 }), 'ff')
  assert.equal(await hashes.of('/b.mp4', { first: 0, last: 1 }), null)
  assert.deepEqual(asked, [undefined, 'reload'])
})

test('tries again when the hash file could not be fetched', async () => {
  let asked = 0
  const hashes = new SegmentHashes('/h.json', async () => {
    asked += 1
    if (asked === 1) throw new Error('lost')
    return { 'a.mp4': { '0-1': 'ff' } }
  })
  assert.equal(await hashes.of('/a.mp4', { first: 0, last: 1 }), 'ff')
})

const GOOD = new Uint8Array([1, 2, 3, 4])
const BAD = new Uint8Array([1, 2, 3, 5])
const RANGE = { first: 10, last: 13 }

function served(bodies: { body: Uint8Array, status?: number }[]): { caches: (RequestCache | undefined)[], ranges: string[] } {
  const seen = { caches: [] as (RequestCache | undefined)[], ranges: [] as string[] }
  globalThis.fetch = async (_, init) => {
    seen.caches.push(init?.cache)
    seen.ranges.push(String((init?.headers as Record<string, string>)['range']))
    const { body, status = 206 } = bodies[seen.caches.length - 1]!
    return new Response(body as BodyInit, { status })
  }
  return seen
}

function goodHashes(): SegmentHashes {
  const hash = createHash('sha256').update(GOOD).digest('hex')
  return new SegmentHashes('/h.json', async () => ({ 'a.mp4': { '10-13': hash } }))
}

const request = () => ({ url: '/a.mp4', range: RANGE, hashes: goodHashes(), signal: new AbortController().signal })

test('hands on what matches', async () => {
  const seen = served([{ body: GOOD }])
  assert.deepEqual(new Uint8Array(await loadSegment(request())), GOOD)
  assert.deepEqual(seen.ranges, ['bytes=10-13'])
})

test('asks the origin past the cache once after a mismatch', async () => {
  const seen = served([{ body: BAD }, { body: GOOD }])
  assert.deepEqual(new Uint8Array(await loadSegment(request())), GOOD)
  assert.deepEqual(seen.caches, ['default', 'reload'])
})

test('refuses what never matches, and what nobody published', async () => {
  const seen = served([{ body: BAD }, { body: BAD }, { body: GOOD }])
  await assert.rejects(loadSegment(request()), IntegrityError)
  assert.equal(seen.caches.length, 2)
  served([{ body: GOOD }])
  const hashes = new SegmentHashes('/h.json', async () => ({}))
  await assert.rejects(loadSegment({ ...request(), hashes }), IntegrityError)
})

test('refuses the wrong length and the wrong status', async () => {
  for (const answer of [{ body: GOOD.subarray(1) }, { body: new Uint8Array(5) }, { body: GOOD, status: 200 }, { body: GOOD, status: 404 }]) {
    served([answer])
    await assert.rejects(loadSegment(request()), TransferError)
  }
})
