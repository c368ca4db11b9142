// Listens as PeerTube's runner does, with the library that it uses. One line of JSON per thing heard.
//
// Arguments: origin, runner token. Ends when its standard input does.

import { io } from 'socket.io-client'

const [origin, runnerToken] = process.argv.slice(2)
const socket = io(`${origin}/runners`, { auth: { runnerToken }, transports: ['websocket'], reconnectionDelay: 100 })
const say = (heard, detail) => process.stdout.write(`${JSON.stringify({ heard, detail })}\n`)

socket.on('connect', () => say('connect'))
socket.on('connect_error', error => say('refused', error.message))
socket.on('disconnect', reason => say('disconnect', reason))
socket.on('available-jobs', () => say('available-jobs'))
process.stdin.resume().on('end', () => process.exit(0))
