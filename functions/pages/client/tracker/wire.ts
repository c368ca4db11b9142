// The tracker's messages. Twenty bytes of a hash or an id stand in JSON as twenty characters of
// which each is one byte.

export interface Offer { offer: RTCSessionDescriptionInit, offer_id: string }

export interface Announce {
  infoHash: string
  peerId: string
  /** None is an update. */
  event?: 'started' | 'stopped'
  offers: Offer[]
}

export interface Answer {
  infoHash: string
  peerId: string
  toPeerId: string
  offerId: string
  answer: RTCSessionDescriptionInit
}

/** What a tracker says; a field that it did not send, or sent as nonsense, is `null`. */
export interface Reply {
  infoHash: string
  failure: string | null
  intervalSecs: number | null
  /** All peers of the swarm, this one included. */
  peers: number | null
  fromPeerId: string | null
  offerId: string | null
  offer: RTCSessionDescriptionInit | null
  answer: RTCSessionDescriptionInit | null
}

const ID_CHARS = 20

export function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

export function hex(text: string): string {
  return Array.from(text, char => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

export function newOfferId(): string {
  return binary(crypto.getRandomValues(new Uint8Array(ID_CHARS)))
}

export function encodeAnnounce({ infoHash, peerId, event, offers }: Announce): string {
  return JSON.stringify({
    action: 'announce', info_hash: infoHash, peer_id: peerId, ...event ? { event } : {},
    numwant: offers.length, uploaded: 0, downloaded: 0, offers
  })
}

export function encodeAnswer({ infoHash, peerId, toPeerId, offerId, answer }: Answer): string {
  return JSON.stringify({
    action: 'announce', info_hash: infoHash, peer_id: peerId, to_peer_id: toPeerId, offer_id: offerId, answer
  })
}

/** `null` for what is no message about a swarm. */
export function parseReply(text: unknown): Reply | null {
  const fields = parseObject(text)
  if (!fields || fields['action'] !== 'announce' || !isId(fields['info_hash'])) return null
  const complete = count(fields['complete'])
  const incomplete = count(fields['incomplete'])
  const failure = fields['failure reason']
  return {
    infoHash: fields['info_hash'],
    failure: typeof failure === 'string' ? failure : null,
    intervalSecs: count(fields['interval']) ?? count(fields['min interval']),
    peers: complete === null && incomplete === null ? null : (complete ?? 0) + (incomplete ?? 0),
    fromPeerId: isId(fields['peer_id']) ? fields['peer_id'] : null,
    offerId: typeof fields['offer_id'] === 'string' ? fields['offer_id'] : null,
    offer: description(fields['offer'], 'offer'),
    answer: description(fields['answer'], 'answer')
  }
}

function parseObject(text: unknown): Record<string, unknown> | null {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : null
  } catch {
    return null
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length === ID_CHARS
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

function description(value: unknown, type: 'offer' | 'answer'): RTCSessionDescriptionInit | null {
  const sdp = (value as { sdp?: unknown } | null | undefined)?.sdp
  return typeof sdp === 'string' ? { type, sdp } : null
}
