// One swarm at all its trackers.

import { attendantOf } from './attendants.ts'
import { Emitter } from './emitter.ts'
import { binary } from './wire.ts'
import { Membership } from './membership.ts'

export interface ClientOptions {
  infoHash: Uint8Array
  peerId: Uint8Array
  announce: string[]
  rtcConfig?: RTCConfiguration
}

/** Events: `peer` (a connection), `warning` (an error). */
export class Client extends Emitter {
  private readonly memberships: Membership[]

  constructor({ infoHash, peerId, announce, rtcConfig }: ClientOptions) {
    super()
    this.memberships = [...new Set(announce)].map(url => {
      const attendant = attendantOf(url)
      return new Membership({
        url, attendant, rtcConfig,
        infoHash: attendant.infoHashOf(binary(infoHash)),
        peerId: binary(peerId),
        onPeer: connection => this.emit('peer', connection),
        onWarning: error => this.emit('warning', error)
      })
    })
  }

  start(): void {
    for (const membership of this.memberships) membership.start()
  }

  destroy(): void {
    for (const membership of this.memberships) membership.end()
  }
}
