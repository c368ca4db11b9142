// What the tracker has said of the swarms, and whether it is worth waiting for the others in them.

interface Swarm { since: number, others: number | null, othersSince: number }

/** A tracker that has not answered by then is not waited for. */
const TRACKER_MS = 3_000
/** Others whom the tracker names are connected by then, or not soon. */
const CONNECT_MS = 4_000
/** Whoever connects says at once what he has. */
const GREETING_MS = 600

export class Swarms {
  private readonly swarms = new Map<string, Swarm>()
  private greetedAt = -Infinity

  /** From now on the swarm is being joined. */
  join(infoHash: string, now: number): void {
    if (!this.swarms.has(infoHash)) this.swarms.set(infoHash, { since: now, others: null, othersSince: now })
  }

  /** The tracker's count, `null` when it is gone. */
  count(infoHash: string, others: number | null, now: number): void {
    const swarm = this.swarms.get(infoHash)
    if (!swarm) return
    if (!swarm.others && others) swarm.othersSince = now
    swarm.others = others
  }

  greet(now: number): void {
    this.greetedAt = now
  }

  /** Whether others may be found any moment. */
  isJoining(infoHash: string, connected: number, now: number): boolean {
    const swarm = this.swarms.get(infoHash)
    if (!swarm) return false
    if (connected > 0) return now - this.greetedAt < GREETING_MS
    if (swarm.others === null) return now - swarm.since < TRACKER_MS
    return swarm.others > 0 && now - swarm.othersSince < CONNECT_MS
  }
}
