// A viewer whose page is PeerTube 8.0's, as far as its swarm goes: p2p-media-loader 2.2 with its own tracker client, which
// calls the swarm after the playlist's URL and the rendition's place. It plays from ours, and then ours from it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { openPage, told, until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

const LOADER = join(told.packages, 'node_modules/p2p-media-loader-core/dist/p2p-media-loader-core.es.min.js')
/** Segments that the other viewer plays, from the first. */
const PLAYED = 8
const PATIENCE_MS = 60_000

await withBrowser(async browser => {
  const ours = await Viewer.open(browser)
  await ours.playFast()
  await ours.reach(told.durationSecs / 3)
  const { place, segments } = await rendition(ours.media.at(-1))

  const other = await openPage(browser)
  const announced = new Set()
  const fetched = []
  other.page.on('websocket', socket => socket.on('framesent', ({ payload }) => announced.add(JSON.parse(String(payload)).info_hash)))
  other.page.on('request', request => fetched.push(request.url()))
  await other.page.goto(await serveLoader())
  const page = fetched.length
  const digests = await other.page.evaluate(play, { ...told, place, segments, played: PLAYED, patienceMs: PATIENCE_MS })
  for (const [at, { url, byteRange: { start, end } }] of segments.slice(0, PLAYED).entries()) {
    const answer = await fetch(url, { headers: { range: `bytes=${start}-${end}` } })
    const sha256 = createHash('sha256').update(new Uint8Array(await answer.arrayBuffer())).digest('hex')
    assert.equal(digests[at], sha256, `segment ${at}`)
  }
  assert.deepEqual(fetched.slice(page), ['/loader.js'].map(path => new URL(path, other.page.url()).href), 'all else came from our viewer')
  const oursAnnounced = new Set(ours.sockets.flatMap(({ sent }) => sent).map(message => message.info_hash))
  assert.equal(announced.size, 1)
  assert.ok([...announced].every(infoHash => !oursAnnounced.has(infoHash)), 'both call the swarm alike')

  // Without the first one, whatever a second viewer of ours gets is from the other.
  await ours.close()
  const second = await Viewer.open(browser)
  await second.playFast()
  await until('ours gets something from the other', async () => (await second.traffic()).peerBytes > 0, PATIENCE_MS)
  assert.equal((await second.traffic()).refused, 0)
  await second.assertSmooth('our second viewer')
}, SHARING_FLAGS)

/** The segments of the rendition with that media file, and its place in the master playlist. */
async function rendition(mediaUrl) {
  const lines = async url => (await (await fetch(url)).text()).split('\n')
  const playlists = (await lines(told.playlistUrl)).filter(line => line && !line.startsWith('#'))
  for (const [place, name] of playlists.entries()) {
    const segments = parse(await lines(new URL(name, told.playlistUrl)), told.playlistUrl)
    if (segments[0].url === mediaUrl) return { place, segments }
  }
  throw new Error(`no playlist has ${mediaUrl}`)
}

/** As PeerTube's page tells them: a segment's number is its place in the playlist. */
function parse(lines, base) {
  const segments = []
  let startTime = 0
  let endTime = 0
  let byteRange = null
  for (const line of lines) {
    const [, secs] = /^#EXTINF:([\d.]+)/.exec(line) ?? []
    const [, length, start] = /^#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(line) ?? []
    if (secs) endTime = startTime + Number(secs)
    else if (length) byteRange = { start: Number(start), end: Number(start) + Number(length) - 1 }
    else if (line && !line.startsWith('#')) {
      const externalId = segments.length
      segments.push({ runtimeId: `segment/${externalId}`, externalId, url: new URL(line, base).href, byteRange, startTime, endTime })
      startTime = endTime
    }
  }
  return segments
}

/** Runs in the page: plays segments that it can have from other viewers only. Their digests. */
async function play({ playlistUrl, tracker, place, segments, played, patienceMs }) {
  const { Core } = await import('/loader.js')
  const core = new Core({
    swarmId: playlistUrl,
    announceTrackers: [tracker],
    rtcConfig: { iceServers: [] },
    simultaneousHttpDownloads: 0,
    httpDownloadTimeWindow: 0
  })
  window.core = core
  core.setManifestResponseUrl(playlistUrl)
  core.addStreamIfNoneExists({ runtimeId: 'stream', type: 'main', index: place })
  core.updateStream('stream', segments)
  const digests = []
  for (const { runtimeId, startTime } of segments.slice(0, played)) {
    core.updatePlayback(startTime, 1)
    const data = await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`nobody sends ${runtimeId}`)), patienceMs)
      void core.loadSegment(runtimeId, { onSuccess: ({ data }) => resolve(data), onError: reject })
    })
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    digests.push(Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(''))
  }
  return digests
}

async function serveLoader() {
  const files = {
    '/': ['text/html', '<!doctype html><link rel="icon" href="data:,">'],
    '/loader.js': ['text/javascript', readFileSync(LOADER)]
  }
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? ['text/plain', '']
    response.writeHead(url in files ? 200 : 404, { 'content-type': type }).end(body)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}/`
}
