import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SegmentHashes } from '../player/hashes.ts'
import { Mirrors } from '../player/mirrors.ts'
import { IntegrityError, type SegmentRequest, TransferError } from '../player/segment.ts'

const ORIGIN = 'https://a.test/static/hls/u/v-720.mp4?token=x'
const OWN = '/static/redundancy/hls/u'
const FAR = 'https://b.test/static/redundancy/hls/u'
const WORSE = 'https://c.test/static/redundancy/hls/u'

/** Which URLs are asked, where those that `refuses` names fail. */
function watched(folders: string[], refuses: (url: string) => Error | null) {
  const asked: string[] = []
  const mirrors = new Mirrors(folders, async ({ url }) => {
    asked.push(url)
    const error = refuses(url)
    if (error) throw error
    return new ArrayBuffer(1)
  })
  const request = (isChecked = true): SegmentRequest => ({
    url: ORIGIN, range: { first: 0, last: 1 }, signal: new AbortController().signal,
    hashes: isChecked ? new SegmentHashes('/h.json') : null
  })
  return { asked, load: (isChecked?: boolean) => mirrors.load(request(isChecked)) }
}

const away = (...hosts: string[]) => (url: string) =>
  hosts.some(host => url.startsWith(host)) ? new TransferError(503, 'away') : null

test('who has a copy here asks nobody else', async () => {
  const { asked, load } = watched([FAR, OWN], () => null)
  await load()
  await load(false)
  assert.deepEqual(asked, [`${OWN}/v-720.mp4`, `${OWN}/v-720.mp4`])
})

test('the origin comes before copies elsewhere, and they come when it fails', async () => {
  const { asked, load } = watched([WORSE, FAR], away('https://a.test', 'https://c.test'))
  await load()
  await load()
  assert.deepEqual(asked, [ORIGIN, `${WORSE}/v-720.mp4`, `${FAR}/v-720.mp4`, ORIGIN, `${FAR}/v-720.mp4`])
  const whole = watched([FAR], () => null)
  await whole.load()
  assert.deepEqual(whole.asked, [ORIGIN])
})

test('what nobody can check comes from here or from the origin alone', async () => {
  const { asked, load } = watched([FAR], away('https://a.test'))
  await assert.rejects(load(false), TransferError)
  assert.deepEqual(asked, [ORIGIN])
})

test('a segment that was changed is complained about', async () => {
  const { load } = watched([FAR], url => url === ORIGIN ? new IntegrityError('changed') : null)
  await assert.rejects(load(), IntegrityError)
})

test('where all fail the origin says why', async () => {
  const { load } = watched([FAR], url => new TransferError(url === ORIGIN ? 404 : 503, ''))
  await assert.rejects(load(), { status: 404 })
})
