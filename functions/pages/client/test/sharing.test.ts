import assert from 'node:assert/strict'
import { test } from 'node:test'

import { choose, learn, reserveSecs, type Situation } from '../p2p/choice.ts'
import { loaderInfoHash, peertubeInfoHash, streamIndex, streamName } from '../p2p/names.ts'
import { sha1 } from '../p2p/sha1.ts'
import { SegmentStore } from '../p2p/storage.ts'
import { Suspects } from '../p2p/suspects.ts'
import { Swarms } from '../p2p/swarms.ts'
import { choiceFor, isMetered, isSharingOffered, isSharingOn, parseChoice, peerShare } from '../player/sharing-rules.ts'

const hex = (bytes: Uint8Array) => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

test('hashes as FIPS 180-4 does, across the ends of blocks', () => {
  assert.equal(hex(sha1('abc')), 'a9993e364706816aba3e25717850c26c9cd0d89d')
  assert.equal(hex(sha1('')), 'da39a3ee5e6b4b0d3255bfef95601890afd80709')
  assert.equal(hex(sha1('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')), '84983e441c3bd26ebaae4aa1f95129e5e54670f1')
  assert.equal(hex(sha1('a'.repeat(119))), 'ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56')
})

test('meets the viewers of current PeerTube', () => {
  const name = streamName('9c9de5e8-0a1e-484a-b099-e80766180a6d', 'main', streamIndex(720))
  assert.equal(peertubeInfoHash(name), 'FuGEr478XuVjbIYvey2c')
  assert.notEqual(loaderInfoHash(name), peertubeInfoHash(name))
  assert.equal(loaderInfoHash(name).length, 20)
  assert.equal(streamIndex(0), 'default-default')
})

const CALM: Situation = { neededInSecs: 20, edgeSecs: 0.5, joining: false, peers: 0, held: false, waitedMs: 0, place: 0.5, cautionSecs: 0 }

test('alone, asks the edge at once', () => {
  assert.equal(choose(CALM), 'edge')
})

test('waits for whoever has the segment, as long as the edge could still deliver', () => {
  const held = { ...CALM, peers: 1, held: true }
  assert.equal(choose(held), 'wait')
  assert.equal(choose({ ...held, neededInSecs: reserveSecs(0.5) }), 'edge')
  assert.equal(choose({ ...held, neededInSecs: 5, edgeSecs: 2 }), 'edge')
  assert.equal(choose({ ...held, waitedMs: 60_000 }), 'edge')
})

test('waits for others to be found, but not for long and never at the expense of playback', () => {
  assert.equal(choose({ ...CALM, joining: true }), 'wait')
  assert.equal(choose({ ...CALM, joining: true, neededInSecs: 1 }), 'edge')
  assert.equal(choose({ ...CALM, joining: true, waitedMs: 5_000 }), 'edge')
})

test('of those who all lack a segment, some go first', () => {
  const at = (place: number, waitedMs: number) => choose({ ...CALM, peers: 3, place, waitedMs })
  assert.equal(at(0, 0), 'edge')
  assert.equal(at(0.9, 100), 'wait')
  assert.equal(at(0.9, 3_000), 'edge')
})

test('learns to ask the edge earlier of who sends too slowly, and forgets it slowly', () => {
  let caution = 0
  for (let late = 0; late < 3; late += 1) caution = learn(caution, false)
  const held = { ...CALM, peers: 1, held: true, neededInSecs: 12 }
  assert.equal(choose(held), 'wait')
  assert.equal(choose({ ...held, cautionSecs: caution }), 'edge')
  for (let late = 0; late < 9; late += 1) caution = learn(caution, false)
  assert.equal(caution, 16)
  caution = learn(caution, true)
  assert.equal(caution, 15)
  assert.equal(learn(0, true), 0)
})

test('keeps what lies ahead longest, and tells of every change', () => {
  const changes: string[] = []
  const store = new SegmentStore(40)
  store.setSegmentChangeCallback(stream => changes.push(stream))
  const keep = (segmentId: number) => (
    store.keep('s', { segmentId, startTime: segmentId * 4, endTime: segmentId * 4 + 4 }, new ArrayBuffer(10))
  )
  for (const id of [0, 1, 2, 3]) keep(id)
  store.onPlaybackUpdated(9)
  keep(4)
  keep(5)
  assert.deepEqual(store.getStoredSegmentIds('', 's'), [2, 3, 4, 5])
  keep(6)
  assert.deepEqual(store.getStoredSegmentIds('', 's'), [2, 3, 4, 6])
  assert.equal(changes.length, 10)
  store.keep('s', { segmentId: 9, startTime: 36, endTime: 40 }, new ArrayBuffer(41))
  assert.ok(!store.hasSegment('', 's', 9))
})

test('bans a peer only for what it sent whole', () => {
  const suspects = new Suspects()
  suspects.begin('a', 100)
  suspects.add('a', 40)
  suspects.refuse('a')
  assert.ok(!suspects.isBanned('a'))
  suspects.begin('a', 100)
  suspects.add('a', 100)
  suspects.refuse('a')
  assert.ok(suspects.isBanned('a'))
  assert.ok(!suspects.isBanned('b'))
})

test('expects others only while they may come', () => {
  const swarms = new Swarms()
  assert.ok(!swarms.isJoining('x', 0, 0))
  swarms.join('x', 0)
  assert.ok(swarms.isJoining('x', 0, 100))
  assert.ok(!swarms.isJoining('x', 0, 3_000))
  swarms.count('x', 0, 200)
  assert.ok(!swarms.isJoining('x', 0, 200))
  swarms.count('x', 2, 300)
  assert.ok(swarms.isJoining('x', 0, 4_000))
  assert.ok(!swarms.isJoining('x', 0, 4_300))
  swarms.greet(1_000)
  assert.ok(swarms.isJoining('x', 1, 1_100))
  assert.ok(!swarms.isJoining('x', 1, 2_000))
})

test('the viewer has the last word, and data that costs money is not spent unasked', () => {
  const base = { enabled: true, chosen: null, asked: null, metered: false } as const
  assert.ok(isSharingOn(base))
  assert.ok(!isSharingOn({ ...base, enabled: false }))
  assert.ok(isSharingOn({ ...base, enabled: false, asked: true }))
  assert.ok(!isSharingOn({ ...base, asked: false }))
  assert.ok(!isSharingOn({ ...base, chosen: 'off', asked: true }))
  assert.ok(!isSharingOn({ ...base, metered: true, asked: true }))
  assert.ok(isSharingOn({ ...base, metered: true, chosen: choiceFor(true, true) }))
  assert.equal(choiceFor(false, true), 'off')
  assert.ok(isMetered(Object.assign(new EventTarget(), { type: 'cellular' })))
  assert.ok(!isMetered(null))
})

test('where the instance leaves it to the viewers, it is on for whoever turns it on', () => {
  const base = { enabled: false, chosen: null, asked: null, metered: false } as const
  const chosen = parseChoice(choiceFor(true, false))
  assert.ok(isSharingOn({ ...base, chosen }))
  assert.ok(!isSharingOn({ ...base, chosen, metered: true }), 'it was not chosen for data that costs money')
  assert.ok(isSharingOn({ ...base, chosen: parseChoice(choiceFor(true, true)) }))
  assert.ok(!isSharingOn({ ...base, chosen: parseChoice(choiceFor(false, false)) }))
  assert.ok(!isSharingOn({ ...base, chosen, asked: false }))
  assert.equal(parseChoice('maybe'), null)
})

test('there is no switch where a channel or the page around an embed says no', () => {
  assert.ok(isSharingOffered(1, null))
  assert.ok(isSharingOffered(1, true))
  assert.ok(!isSharingOffered(1, false))
  assert.ok(!isSharingOffered(0, null))
})

test('a share needs something that it is a share of', () => {
  assert.equal(peerShare(0, 0), null)
  assert.equal(peerShare(83, 17), 83)
})
