import assert from 'node:assert/strict'
import { test } from 'node:test'

import { firstRendition } from '../player/opening-choice.ts'

const opening = (width: number, height: number, bandwidthBps: number) => ({
  file: `${height}.mp4`, width, height, hasAudio: true,
  codecs: 'avc1.64001f,mp4a.40.2', bandwidthBps, initBytes: 1_329, segmentBytes: 100_000, sha256: ''
})
const LADDER = [opening(640, 360, 500_000), opening(854, 480, 900_000), opening(1280, 720, 2_500_000), opening(1920, 1080, 5_000_000)]
const begins = (width: number, height: number, estimateBps: number, ladder = LADDER) =>
  firstRendition(ladder, { width, height }, estimateBps)?.height

test('begins with what the connection carries, leaving room', () => {
  assert.equal(begins(3840, 2160, 20_000_000), 1080)
  assert.equal(begins(3840, 2160, 5_000_000), 720)
  assert.equal(begins(3840, 2160, 2_500_000), 480)
  assert.equal(begins(3840, 2160, 10_000), 360, 'better something')
})

test('begins with no more pixels than the player has, filling it', () => {
  assert.equal(begins(1000, 562, 20_000_000), 720)
  assert.equal(begins(1280, 720, 20_000_000), 720)
  assert.equal(begins(1281, 721, 20_000_000), 1080)
  assert.equal(begins(390, 219, 20_000_000), 360)
  // A tall video in a wide player, and the reverse: one side is enough.
  assert.equal(begins(1000, 360, 20_000_000), 360)
  assert.equal(begins(0, 0, 20_000_000), 1080, 'hidden')
})

test('begins with nothing where nothing is known', () => {
  assert.equal(begins(1000, 562, 20_000_000, []), undefined)
})
