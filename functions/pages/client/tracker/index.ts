// Finds other viewers: WebTorrent's tracker protocol over a WebSocket, connections by WebRTC.
//
// It has the name and the interface of npm's `bittorrent-tracker`, because p2p-media-loader imports
// that one and lets nobody choose. Different from it: a viewer who is alone makes no offers, a lost
// socket is tried again after 5 to 60 s instead of up to 5 minutes, leaving a swarm is said, and
// whoever attends a tracker URL names the swarms and chooses who is welcome.

export { attend, type Attendant } from './attendants.ts'
export { Client as default } from './client.ts'
export { hex } from './wire.ts'
