// Who answers for a tracker URL: p2p-media-loader makes the clients and passes nothing on to them.

export interface Attendant {
  /** The info hash under which a stream is announced, for the one that p2p-media-loader derives. */
  infoHashOf: (given: string) => string
  /** Whether to connect to a peer; ids are hexadecimal. */
  isWelcome: (peerId: string) => boolean
  /** How many others a swarm has: `null` while the tracker has not answered. */
  onOthers: (infoHash: string, others: number | null) => void
}

const NOBODY: Attendant = { infoHashOf: given => given, isWelcome: () => true, onOthers: () => undefined }
const attendants = new Map<string, Attendant>()

/** Answers for every client of this URL from now on; the returned function ends that. */
export function attend(url: string, attendant: Attendant): () => void {
  attendants.set(url, attendant)
  return () => {
    if (attendants.get(url) === attendant) attendants.delete(url)
  }
}

export function attendantOf(url: string | undefined): Attendant {
  return attendants.get(url ?? '') ?? NOBODY
}
