import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Channel } from '../embed-api/channel.ts'

function pair(): { channel: Channel, sent: Record<string, unknown>[], say: (message: object) => Promise<void> } {
  const sent: Record<string, unknown>[] = []
  const channel = new Channel({ postMessage: text => sent.push(JSON.parse(text)) }, 'peertube')
  return { channel, sent, say: message => channel.receive(JSON.stringify(message)) }
}

const READY = { method: 'peertube::__ready', params: { type: 'publish-request', publish: [] } }
const REPLY = { method: 'peertube::__ready', params: { type: 'publish-reply', publish: [] } }

test('announces itself, and answers who announces itself', async () => {
  const { channel, sent, say } = pair()
  channel.open()
  await say(READY)
  assert.deepEqual(sent, [READY, REPLY])
})

test('keeps events until the page around has answered', async () => {
  const { channel, sent, say } = pair()
  channel.notify('ready', true)
  assert.deepEqual(sent, [])
  await say(REPLY)
  channel.notify('volumeChange', 0.5)
  assert.deepEqual(sent, [{ method: 'peertube::ready', params: true }, { method: 'peertube::volumeChange', params: 0.5 }])
})

test('answers calls with results and errors', async () => {
  const { channel, sent, say } = pair()
  channel.bind('getVolume', () => 0.5)
  channel.bind('seek', () => { throw new RangeError('no') })
  channel.bind('play', () => undefined)
  await say({ id: 1, method: 'peertube::getVolume' })
  await say({ id: 2, method: 'peertube::seek', params: 'x' })
  await say({ id: 3, method: 'peertube::nothing' })
  await say({ id: 4, method: 'peertube::play' })
  assert.deepEqual(sent, [
    { id: 1, result: 0.5 },
    { id: 2, error: 'RangeError', message: 'no' },
    { id: 3, error: 'method_not_found', message: "No method 'nothing' was bound by the provider" },
    { id: 4 }
  ])
})

test('ignores what is not meant for it', async () => {
  const { channel, sent } = pair()
  for (const data of [null, 7, {}, 'x', '{', 'null', '[]', '{"id":1,"method":"other::play"}', '{"id":1,"result":2}']) await channel.receive(data)
  assert.deepEqual(sent, [])
})
