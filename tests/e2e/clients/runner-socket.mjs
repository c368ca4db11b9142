// Listens as PeerTube's runner does, with the library that it uses. One line of JSON per thing heard.
//
// Arguments: origin, runner token, transports separated by commas. Ends when its standard input does.

import { io } from 'socket.io-client'

const [origin, runnerToken, transports] = process.argv.slice(2)
const socket = io(`${origin}/runners`, {
  auth: { runnerToken },
  transports: transports.split(','),
  reconnectionDelay: 100,
})
const say = (heard, detail) => process.stdout.write(`${JSON.stringify({ heard, detail })}\n`)

socket.on('connect', () => {
  const { engine } = socket.io
  say('connect', engine.transport.name)
  engine.once('upgrade', transport => say('upgrade', transport.name))
})
socket.on('connect_error', error => say('refused', error.message))
socket.on('disconnect', reason => say('disconnect', reason))
socket.on('available-jobs', () => say('available-jobs', socket.io.engine.transport.name))
process.stdin.resume().on('end', () => process.exit(0))
