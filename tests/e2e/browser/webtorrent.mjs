// WebTorrent in Node seeds, Chromium fetches from it; the seeder goes, and Node fetches from Chromium.
// There is no web seed, and nobody knows anybody but through our WebSocket tracker.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { told, until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS } from './sharing.mjs'

const PATIENCE_MS = 90_000
const PAGE = '<!doctype html><script type="module">import W from "/webtorrent.js"; window.WebTorrent = W</script>'

class NodePeer {
  #process
  #lines = []

  constructor(folder) {
    const script = join(told.packages, 'peer.mjs')
    this.#process = spawn(process.execPath, [script, told.torrent, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#process.stdout }).on('line', line => this.#lines.push(line))
  }

  /** Bytes that were fetched; -1 until all is there. */
  doneBytes() {
    const line = this.#lines.find(line => line.startsWith('done '))
    return line === undefined ? -1 : Number(line.slice(5))
  }

  kinds() {
    return [...new Set(this.#lines.filter(line => line.startsWith('wire ')).map(line => line.slice(5)))]
  }

  kill() {
    this.#process.kill('SIGKILL')
  }
}

await withBrowser(async browser => {
  const files = serveFiles()
  const seeder = new NodePeer(told.seeds)
  await until('Node has checked what it seeds', () => seeder.doneBytes() === 0, PATIENCE_MS)
  const page = await (await browser.newContext()).newPage()
  page.on('console', message => console.log(`page: ${message.text()}`))
  await page.goto(await files)
  await page.waitForFunction('window.WebTorrent')
  const fetched = await page.evaluate(fetchAll, PATIENCE_MS)
  assert.deepEqual(fetched, { sha256: told.sha256, kinds: ['webrtc'] })

  seeder.kill()
  const fetcher = new NodePeer(told.fetches)
  await until('Node has fetched all from Chromium', () => fetcher.doneBytes() >= told.sizeBytes, PATIENCE_MS)
  assert.deepEqual(fetcher.kinds(), ['webrtc'])
  const content = readFileSync(join(told.fetches, told.fileName))
  assert.equal(createHash('sha256').update(content).digest('hex'), told.sha256)
  fetcher.kill()
}, SHARING_FLAGS)

/** Runs in the page. */
async function fetchAll(patienceMs) {
  const torrentFile = new Uint8Array(await (await fetch('/torrent')).arrayBuffer())
  // It stays, and seeds.
  const client = new window.WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } })
  const kinds = new Set()
  const torrent = client.add(torrentFile)
  torrent.on('wire', wire => kinds.add(wire.type))
  torrent.on('warning', warning => console.log(String(warning.message ?? warning)))
  await new Promise((resolve, reject) => {
    client.on('error', reject)
    torrent.on('done', resolve)
    setTimeout(() => reject(new Error(`${torrent.progress} fetched of ${torrent.numPeers} peers`)), patienceMs)
  })
  const digest = await crypto.subtle.digest('SHA-256', await torrent.files[0].arrayBuffer())
  const sha256 = Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
  return { sha256, kinds: [...kinds] }
}

async function serveFiles() {
  const files = {
    '/': ['text/html', PAGE],
    '/webtorrent.js': ['text/javascript', readFileSync(join(told.packages, 'node_modules/webtorrent/dist/webtorrent.min.js'))],
    '/torrent': ['application/octet-stream', readFileSync(told.torrent)]
  }
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? ['text/plain', '']
    response.writeHead(url in files ? 200 : 404, { 'content-type': type }).end(body)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}/`
}
