// The published hashes of a video's segments.
//
// The file maps a media file's name to its byte ranges, `first-last` inclusive, and each range to
// the SHA-256 of its bytes. Live segments are whole files: their names map to a hash directly.

/** Bytes `first` to `last` of a file, both included; `null` for a whole file. */
export type ByteRange = { first: number, last: number } | null

type HashTable = Record<string, string | Record<string, string>>

/** The file name under which a URL's hashes are listed. */
export function fileName(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}

/** The hash that the table lists, lower case; `null` when it lists none. */
export function listedHash(table: unknown, url: string, range: ByteRange): string | null {
  if (typeof table !== 'object' || table === null) return null
  const name = fileName(url)
  // Own properties alone: a file called `constructor` must find nothing.
  const entry = Object.hasOwn(table, name) ? (table as HashTable)[name] : undefined
  if (typeof entry === 'string') return range === null ? entry.toLowerCase() : null
  if (typeof entry !== 'object' || entry === null || range === null) return null
  const key = `${range.first}-${range.last}`
  const hash = Object.hasOwn(entry, key) ? entry[key] : undefined
  return typeof hash === 'string' ? hash.toLowerCase() : null
}

/** Fetches the hash file when first asked, and once more when it lacks a range. */
export class SegmentHashes {
  private readonly url: string
  private readonly fetchJson: (url: string, init: RequestInit) => Promise<unknown>
  private table: Promise<unknown> | null = null
  private fetchedAgain = false

  constructor(url: string, fetchJson = fetchTable) {
    this.url = url
    this.fetchJson = fetchJson
  }

  /** Starts the download; failures show when a hash is asked for. */
  prefetch(): void {
    this.load({}).catch(() => undefined)
  }

  /** The published hash of a range; `null` when there is none even in the newest file. */
  async of(url: string, range: ByteRange): Promise<string | null> {
    let table: unknown
    try {
      table = await this.load({})
    } catch {
      this.table = null
      table = await this.load({ cache: 'reload' })
    }
    const hash = listedHash(table, url, range)
    if (hash !== null || this.fetchedAgain) return hash
    // The file may be older than the playlist: a resolution was added since.
    this.fetchedAgain = true
    this.table = null
    return listedHash(await this.load({ cache: 'reload' }), url, range)
  }

  private load(init: RequestInit): Promise<unknown> {
    this.table ??= this.fetchJson(this.url, init)
    return this.table
  }
}

async function fetchTable(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`The segment hashes answered ${response.status}`)
  return response.json()
}
