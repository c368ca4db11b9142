// Peers that sent a segment which does not match its published hash.
//
// A segment may be made of what several peers sent. Only who sent all of it is surely to blame and
// never spoken to again; the others are disconnected and may come back.

interface Delivery { wanted: number, got: number }

export class Suspects {
  private readonly deliveries = new Map<string, Delivery>()
  private readonly banned = new Set<string>()

  /** A peer begins to send a segment of so many bytes. */
  begin(peerId: string, wantedBytes: number): void {
    this.deliveries.set(peerId, { wanted: wantedBytes, got: 0 })
  }

  add(peerId: string, bytes: number): void {
    const delivery = this.deliveries.get(peerId)
    if (delivery) delivery.got += bytes
  }

  /** What the peer completed was refused. */
  refuse(peerId: string): void {
    const delivery = this.deliveries.get(peerId)
    if (delivery && delivery.got >= delivery.wanted) this.banned.add(peerId)
  }

  isBanned(peerId: string): boolean {
    return this.banned.has(peerId)
  }
}
