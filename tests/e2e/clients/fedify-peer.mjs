// A server of one actor on Fedify, which shares no code with this site: it follows, likes and answers, and
// checks what it is sent. Needs no network: Fedify brings the contexts along.
//
// The first line of output names its actor. Each line of input is a command, each line of output its
// `answer` or something `heard`; a command whose name nobody knows is answered with a `failure`. Ends when its
// standard input does.

import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { generateCryptoKeyPair, getAuthenticatedDocumentLoader, getDocumentLoader, signRequest, verifyRequest } from '@fedify/fedify'
import { Create, CryptographicKey, Delete, Endpoints, Follow, Like, Note, Person, PUBLIC_COLLECTION, Tombstone, Undo, lookupObject, traverseCollection } from '@fedify/fedify/vocab'

const SPECS = { cavage: 'draft-cavage-http-signatures-12', rfc9421: 'rfc9421' }
/** Most items of a collection that are read. */
const MAX_ITEMS = 100

const say = message => process.stdout.write(`${JSON.stringify(message)}\n`)
const loader = getDocumentLoader({ allowPrivateAddress: true })
const loaders = { documentLoader: loader, contextLoader: loader }
const keys = await generateCryptoKeyPair('RSASSA-PKCS1-v1_5')
/** Which signatures it takes; documents are for those who do not sign, too. */
let taken = ['cavage', 'rfc9421']
/** What it has made, by path. */
const made = new Map()

const server = createServer((incoming, outgoing) => {
  const chunks = []
  incoming.on('data', chunk => chunks.push(chunk)).on('end', () => {
    respond(incoming, Buffer.concat(chunks)).then(
      ({ status, body }) => outgoing.writeHead(status, { 'content-type': 'application/activity+json' }).end(body),
      error => {
        say({ heard: 'failure', detail: String(error?.stack ?? error) })
        outgoing.writeHead(500).end()
      },
    )
  })
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const at = path => new URL(path, origin)
const me = at('/users/eve')
const keyId = at('/users/eve#main-key')
const signed = getAuthenticatedDocumentLoader({ keyId, privateKey: keys.privateKey }, { allowPrivateAddress: true })

made.set('/users/eve', new Person({
  id: me,
  preferredUsername: 'eve',
  name: 'Eve',
  url: at('/@eve'),
  inbox: at('/users/eve/inbox'),
  outbox: at('/users/eve/outbox'),
  followers: at('/users/eve/followers'),
  endpoints: new Endpoints({ sharedInbox: at('/inbox') }),
  publicKey: new CryptographicKey({ id: keyId, owner: me, publicKey: keys.publicKey }),
}))

/** Who signed a request and how, if the signature is right. */
async function signature(incoming, body) {
  const headers = new Headers(Object.entries(incoming.headers))
  const request = new Request(at(incoming.url), {
    method: incoming.method,
    headers,
    body: incoming.method === 'POST' ? body : undefined,
  })
  if (!headers.has('signature')) return { form: 'none', signer: null }
  const key = await verifyRequest(request, loaders)
  return {
    form: headers.has('signature-input') ? 'rfc9421' : 'cavage',
    signer: key?.ownerId?.href ?? null,
  }
}

async function respond(incoming, body) {
  const { form, signer } = await signature(incoming, body)
  const { pathname } = at(incoming.url)
  if (incoming.method === 'POST') {
    const activity = JSON.parse(body)
    const isTaken = signer !== null && taken.includes(form)
    say({ heard: isTaken ? 'activity' : 'refused', form, signer, activity })
    return { status: isTaken ? 202 : 401, body: '' }
  }
  say({ heard: 'fetch', path: pathname, form, signer })
  if (signer !== null && !taken.includes(form)) return { status: 401, body: '' }
  const object = made.get(pathname)
  if (object === undefined) return { status: 404, body: '' }
  return { status: 200, body: JSON.stringify(await object.toJsonLd({ contextLoader: loader })) }
}

/** Delivers an activity to an inbox, signed in one of the two forms. */
async function send(activity, { inbox, form }) {
  made.set(activity.id.pathname, activity)
  const request = new Request(inbox, {
    method: 'POST',
    headers: { 'content-type': 'application/activity+json' },
    body: JSON.stringify(await activity.toJsonLd({ contextLoader: loader })),
  })
  const { status } = await fetch(await signRequest(request, keys.privateKey, keyId, { spec: SPECS[form] }))
  return { status, id: activity.id.href }
}

const commands = {
  /** Reads an object as Fedify does, signed or not. */
  async lookup({ url, isSigned }) {
    const documentLoader = isSigned ? signed : loader
    const object = await lookupObject(url, { documentLoader, contextLoader: loader })
    if (object === null) return null
    const { '@context': _, ...json } = await object.toJsonLd({ contextLoader: loader, format: 'expand' }).then(([one]) => one)
    return { type: object.constructor.name, id: object.id?.href, name: object.name?.toString(), json }
  },
  /** Reads all items of a collection, page by page, as ids. */
  async collection({ url }) {
    const collection = await lookupObject(url, loaders)
    const items = []
    for await (const item of traverseCollection(collection, { ...loaders, suppressError: false })) {
      items.push(item.id?.href)
      if (items.length >= MAX_ITEMS) break
    }
    return { type: collection.constructor.name, total: collection.totalItems, items }
  },
  take({ forms }) {
    taken = forms
    return forms
  },
  follow: command => send(new Follow({ id: at(`/follows/${command.number}`), actor: me, object: new URL(command.object) }), command),
  like: command => send(new Like({ id: at(`/likes/${command.number}`), actor: me, object: new URL(command.object), to: PUBLIC_COLLECTION }), command),
  reply(command) {
    const note = new Note({
      id: at(`/notes/${command.number}`),
      attribution: me,
      content: `<p>${command.text}</p>`,
      replyTarget: new URL(command.object),
      to: PUBLIC_COLLECTION,
      published: globalThis.Temporal?.Now.instant(),
    })
    made.set(note.id.pathname, note)
    return send(new Create({ id: at(`/creates/${command.number}`), actor: me, object: note, to: PUBLIC_COLLECTION }), command)
  },
  /** Takes back an activity that it has sent. */
  undo(command) {
    const object = made.get(new URL(command.object).pathname)
    return send(new Undo({ id: at(`/undos/${command.number}`), actor: me, object, to: PUBLIC_COLLECTION }), command)
  },
  delete(command) {
    const id = new URL(command.object)
    made.delete(id.pathname)
    return send(new Delete({ id: at(`/deletes/${command.number}`), actor: me, object: new Tombstone({ id }), to: PUBLIC_COLLECTION }), command)
  },
}

say({ actor: me.href })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  try {
    say({ answer: await commands[command.do](command) })
  } catch (error) {
    say({ failure: String(error?.stack ?? error) })
  }
}
process.exit(0)
