import assert from 'node:assert/strict'
import { test } from 'node:test'

import { reconnectDelayMs } from '../tracker/socket.ts'
import { binary, encodeAnnounce, encodeAnswer, hex, newOfferId, parseReply } from '../tracker/wire.ts'

const INFO_HASH = 'FuGEr478XuVjbIYvey2c'
const PEER_ID = '-PM0203-abcdefghijkl'

test('bytes are characters and stay bytes', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index * 13 % 256)
  assert.equal(hex(binary(bytes)), Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(''))
  assert.equal(newOfferId().length, 20)
  assert.notEqual(newOfferId(), newOfferId())
})

test('announces as trackers expect it', () => {
  const names = { infoHash: INFO_HASH, peerId: PEER_ID }
  const first = JSON.parse(encodeAnnounce({ ...names, event: 'started', offers: [] }))
  assert.deepEqual(first, {
    action: 'announce', info_hash: INFO_HASH, peer_id: PEER_ID, event: 'started', numwant: 0, uploaded: 0, downloaded: 0, offers: []
  })
  const later = JSON.parse(encodeAnnounce({ ...names, offers: [{ offer: { type: 'offer', sdp: 'v=0' }, offer_id: 'o' }] }))
  assert.ok(!('event' in later))
  assert.equal(later.numwant, 1)
  const answer = JSON.parse(encodeAnswer({ ...names, toPeerId: 'x', offerId: 'o', answer: { type: 'answer', sdp: 'v=0' } }))
  assert.equal(answer.to_peer_id, 'x')
  assert.ok(!('offers' in answer))
})

test('reads replies, offers and failures', () => {
  const reply = parseReply(JSON.stringify({ action: 'announce', info_hash: INFO_HASH, complete: 1, incomplete: 2, interval: 60 }))
  assert.equal(reply?.peers, 3)
  assert.equal(reply?.intervalSecs, 60)
  const offer = parseReply(JSON.stringify({
    action: 'announce', info_hash: INFO_HASH, peer_id: PEER_ID, offer_id: 'o', offer: { type: 'nonsense', sdp: 'v=0' }
  }))
  assert.deepEqual(offer?.offer, { type: 'offer', sdp: 'v=0' })
  assert.equal(offer?.peers, null)
  const failure = parseReply(JSON.stringify({ action: 'announce', info_hash: INFO_HASH, 'failure reason': 'unknown' }))
  assert.equal(failure?.failure, 'unknown')
})

test('takes nothing else for a reply', () => {
  for (const text of ['', '[', 'null', '3', '{}', '{"action":"announce"}', '{"action":"announce","info_hash":"short"}', new ArrayBuffer(3)]) {
    assert.equal(parseReply(text), null)
  }
  const odd = parseReply(JSON.stringify({ action: 'announce', info_hash: INFO_HASH, complete: -1, incomplete: 'x', interval: null, offer: 7, peer_id: 4 }))
  assert.deepEqual([odd?.peers, odd?.intervalSecs, odd?.offer, odd?.fromPeerId], [null, null, null, null])
})

test('comes back after 5 to 60 seconds, later when the tracker stays away', () => {
  assert.equal(reconnectDelayMs(0, 0), 5_000)
  assert.equal(reconnectDelayMs(0, 1), 60_000)
  assert.equal(reconnectDelayMs(1, 0), 10_000)
  assert.equal(reconnectDelayMs(1_000, 1), 300_000)
})
