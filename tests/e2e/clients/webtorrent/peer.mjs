// One WebTorrent client in Node. Arguments: a torrent file and the folder with its content, or for it.
// Prints `wire KIND` for each connection and `done BYTES` when all is there, of which so many were fetched.

import { readFileSync } from 'node:fs'
import WebTorrent from 'webtorrent'

const [torrentFile, path] = process.argv.slice(2)
// Whoever started us holds our standard input open.
process.stdin.on('close', () => process.exit(1)).resume()

const client = new WebTorrent({
  dht: false, lsd: false, utp: false, natUpnp: false, natPmp: false,
  tracker: { rtcConfig: { iceServers: [] } }
})
client.on('error', error => {
  console.error(error)
  process.exit(1)
})
const torrent = client.add(readFileSync(torrentFile), { path })
torrent.on('warning', warning => console.error(`warning: ${warning.message ?? warning}`))
torrent.on('wire', wire => console.log(`wire ${wire.type}`))
torrent.on('done', () => console.log(`done ${torrent.received}`))
