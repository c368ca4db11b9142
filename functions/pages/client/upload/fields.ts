// The fields that describe a video, shared by upload and edit.

import { ApiError } from '../api/problem.ts'
import { request } from '../api/http.ts'
import type { VideoDetails } from '../api/types.ts'
import { element } from '../ui/dom.ts'

/** PeerTube's bounds. */
const NAME_MIN = 3
const NAME_MAX = 120
const DESCRIPTION_MIN = 3
const TAGS_MAX = 5
const TAG_MIN = 2
const TAG_MAX = 30

type Vocabulary = Record<string, string>

/** Fills the selects with the instance's vocabularies. */
export async function fillVocabularies(form: HTMLElement): Promise<void> {
  await Promise.all(([
    ['privacy', '/videos/privacies'], ['category', '/videos/categories'],
    ['licence', '/videos/licences'], ['language', '/videos/languages']
  ] as const).map(async ([name, path]) => {
    const words = await request<Vocabulary>(path, { session: 'omit' })
    const select = form.querySelector<HTMLSelectElement>(`[name="${name}"]`)
    // A password cannot be entered here, so that privacy is left to other clients.
    const entries = Object.entries(words).filter(([id]) => name !== 'privacy' || id !== '5')
    if (name === 'language') entries.sort(([, a], [, b]) => a.localeCompare(b))
    select?.append(...entries.map(([value, label]) => element('option', { value }, label)))
  }))
}

export function parseTags(text: string): string[] {
  const tags = text.split(',').map(tag => tag.trim()).filter(tag => tag !== '')
  return [...new Set(tags)]
}

/** Field name to what is wrong with it; empty when all is well. */
export function faultsOf(form: HTMLFormElement): Record<string, string> {
  const fields = new FormData(form)
  const faults: Record<string, string> = {}
  const nameChars = [...String(fields.get('name')).trim()].length
  if (nameChars < NAME_MIN) faults['name'] = `The title needs at least ${NAME_MIN} characters.`
  if (nameChars > NAME_MAX) faults['name'] = `The title has ${nameChars} characters, ${NAME_MAX} is the most.`
  const description = String(fields.get('description')).trim()
  if (description !== '' && description.length < DESCRIPTION_MIN) {
    faults['description'] = `Write at least ${DESCRIPTION_MIN} characters, or nothing.`
  }
  const tags = parseTags(String(fields.get('tags')))
  if (tags.length > TAGS_MAX) faults['tags'] = `At most ${TAGS_MAX} tags.`
  const odd = tags.find(tag => tag.length < TAG_MIN || tag.length > TAG_MAX)
  if (odd) faults['tags'] = `“${odd}” must have ${TAG_MIN} to ${TAG_MAX} characters.`
  return faults
}

/** Marks wrong fields, moves the focus to the first, and answers whether there were none. */
export function showFaults(form: HTMLElement, faults: Record<string, string>): boolean {
  for (const old of form.querySelectorAll('.wrong')) old.remove()
  for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid')
  let first: HTMLElement | null = null
  for (const [name, text] of Object.entries(faults)) {
    const field = form.querySelector<HTMLElement>(`[name="${name.replace(/\W.*$/, '')}"]`)
    if (!field) continue
    const note = element('p', { class: 'wrong', id: `${name}-wrong` }, text)
    field.setAttribute('aria-invalid', 'true')
    field.setAttribute('aria-errormessage', note.id)
    field.closest('.field')?.append(note)
    first ??= field
  }
  first?.focus()
  return first === null
}

/** The server's own complaints about fields. */
export function faultsFrom(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.fields : {}
}

export function fillFrom(form: HTMLElement, video: VideoDetails): void {
  const set = (name: string, value: string) => {
    const field = form.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${name}"]`)
    if (field) field.value = value
  }
  set('name', video.name)
  set('description', video.description ?? '')
  set('tags', video.tags.join(', '))
  set('privacy', String(video.privacy.id))
  set('category', String(video.category.id ?? ''))
  set('licence', String(video.licence.id ?? ''))
  set('language', video.language.id ?? '')
  const nsfw = form.querySelector<HTMLInputElement>('[name="nsfw"]')
  if (nsfw) nsfw.checked = video.nsfw
}

/** The body of an update: what is left empty is cleared. */
export function updateBody(form: HTMLFormElement): object {
  const fields = new FormData(form)
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const number = (name: string) => text(name) === '' ? null : Number(text(name))
  return {
    name: text('name'),
    description: text('description') || null,
    tags: parseTags(text('tags')),
    privacy: number('privacy'),
    category: number('category'),
    licence: number('licence'),
    language: text('language') || null,
    nsfw: fields.has('nsfw')
  }
}

/** The attributes of a new video; what is left empty is not sent. */
export function createForm(form: HTMLFormElement): FormData {
  const fields = new FormData(form)
  const body = new FormData()
  for (const name of ['name', 'description', 'privacy', 'channelId', 'category', 'licence', 'language']) {
    const value = String(fields.get(name) ?? '').trim()
    if (value !== '') body.set(name, value)
  }
  parseTags(String(fields.get('tags'))).forEach((tag, at) => body.set(`tags[${at}]`, tag))
  body.set('nsfw', String(fields.has('nsfw')))
  body.set('waitTranscoding', String(fields.has('waitTranscoding')))
  return body
}
