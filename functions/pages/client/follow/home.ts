// Where a visitor's own server takes requests to follow: WebFinger's `subscribe` link (OStatus).

export interface Address { name: string, host: string }

interface Link { rel?: unknown, template?: unknown }

const SUBSCRIBE = 'http://ostatus.org/schema/1.0/subscribe'
const PLACE = '{uri}'

/** `you@your.server`, also with a leading `@`; `null` for anything else. */
export function parseAddress(text: string): Address | null {
  const match = /^@?([^@\s/]+)@([a-z0-9.-]+(?::\d{1,5})?)$/i.exec(text.trim())
  return match?.[1] && match[2] ? { name: match[1], host: match[2].toLowerCase() } : null
}

/** The template of the `subscribe` link, if it is one that leads to a web page. */
export function templateOf(document: unknown): string | null {
  const links = (document as { links?: unknown } | null)?.links
  if (!Array.isArray(links)) return null
  const link = (links as Link[]).find(({ rel, template }) => rel === SUBSCRIBE && typeof template === 'string')
  const template = link?.template as string | undefined
  return template && /^https?:\/\//i.test(template) && template.includes(PLACE) ? template : null
}

/** The page of the visitor's server where `handle` can be followed. */
export async function homeOf({ name, host }: Address, handle: string): Promise<string> {
  const found = templateOf(await finger(name, host))
  if (!found) throw new Error(`${host} does not say where to follow. Copy the address above and search for it there.`)
  return found.replace(PLACE, encodeURIComponent(handle))
}

async function finger(name: string, host: string): Promise<unknown> {
  const resource = encodeURIComponent(`acct:${name}@${host}`)
  // A site without a certificate is a test, and so are its neighbours.
  const schemes = location.protocol === 'http:' ? ['https', 'http'] : ['https']
  for (const scheme of schemes) {
    try {
      const response = await fetch(`${scheme}://${host}/.well-known/webfinger?resource=${resource}`, { referrerPolicy: 'no-referrer' })
      if (response.status === 404) throw new RangeError(`${host} knows nobody called ${name}.`)
      if (response.ok) return await response.json() as unknown
    } catch (error) {
      if (error instanceof RangeError) throw new Error(error.message)
    }
  }
  throw new Error(`${host} did not answer. Copy the address above and search for it there.`)
}
