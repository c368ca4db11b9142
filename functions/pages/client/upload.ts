// The upload page.

import { request, SignedOut } from './api/http.ts'
import { currentSession } from './api/session.ts'
import { ApiError } from './api/problem.ts'
import type { Me } from './api/types.ts'
import { element, find } from './ui/dom.ts'
import { bytes, durationWords } from './ui/words.ts'
import { createForm, faultsFrom, faultsOf, fillVocabularies, showFaults } from './upload/fields.ts'
import { Transfer, type Uploaded } from './upload/transfer.ts'
import { forgetUpload, rememberUpload, unfinishedUpload } from './upload/unfinished.ts'

const form = find<HTMLFormElement>('#upload')
const fileInput = find<HTMLInputElement>('#file')
const pick = find('[data-pick]')
const fields = find<HTMLFieldSetElement>('[data-fields]')
const submit = find<HTMLButtonElement>('[data-submit]')
const problem = find('[data-problem]', form)
const progress = find('[data-progress]')
const bar = find<HTMLProgressElement>('progress', progress)
const retry = find<HTMLButtonElement>('[data-retry]')
let file: File | null = null
let chunkMax = 0
let transfer: Transfer | null = null

/** Speed is averaged over this long. */
const SPEED_WINDOW_MS = 5_000
/** Screen readers hear of every tenth. */
const ANNOUNCE_EVERY_PERCENT = 10

async function prepare(): Promise<void> {
  const [me, config] = await Promise.all([
    request<Me>('/users/me', { session: 'require' }),
    request<{ client?: { videos?: { resumableUpload?: { maxChunkSize?: number } } } }>('/config', { session: 'omit' }),
    fillVocabularies(form)
  ])
  chunkMax = config.client?.videos?.resumableUpload?.maxChunkSize ?? 0
  find('#channelId').append(
    ...(me.videoChannels ?? []).map(channel => element('option', { value: channel.id }, channel.displayName))
  )
  submit.disabled = false
}

function choose(chosen: File | undefined): void {
  if (!chosen || transfer) return
  file = chosen
  pick.classList.add('chosen')
  find('[data-file-name]').textContent = chosen.name
  const resumes = unfinishedUpload(chosen) !== null
  find('[data-file-hint]').textContent = resumes ? `${bytes(chosen.size)}. Its upload goes on where it stopped.` : bytes(chosen.size)
  const name = find<HTMLInputElement>('#name')
  if (name.value === '') name.value = titleFrom(chosen.name)
}

/** `my_holiday-film.mp4` as `my holiday-film`. */
function titleFrom(fileName: string): string {
  const stem = fileName.replace(/\.[^.]{1,5}$/, '').replace(/_+/g, ' ').trim()
  return [...(stem.length < 3 ? fileName : stem)].slice(0, 120).join('')
}

function complain(error: unknown): void {
  const text = error instanceof SignedOut ? 'You have been signed out. Sign in again; what was uploaded is kept for an hour.'
    : error instanceof ApiError ? error.message
      : 'The server could not be reached. Check your connection and try again.'
  problem.textContent = text
  problem.hidden = false
  problem.scrollIntoView({ block: 'nearest' })
}

async function start(): Promise<void> {
  problem.hidden = true
  if (!file) {
    problem.textContent = 'Choose a file first.'
    problem.hidden = false
    fileInput.focus()
    return
  }
  if (!showFaults(form, faultsOf(form))) return
  // A disabled fieldset sends nothing: the attributes are read first.
  const attributes = createForm(form)
  show(true)
  const known = unfinishedUpload(file)
  transfer = new Transfer(file, meter(file.size), chunkMax, known)
  try {
    finish(await send(transfer, file, attributes, known !== null))
  } catch (error) {
    if ((error as Error).name === 'AbortError') return
    if (error instanceof ApiError && error.status > 0) forgetUpload()
    transfer = null
    show(false)
    complain(error)
    showFaults(form, faultsFrom(error))
  }
}

async function send(current: Transfer, chosen: File, attributes: FormData, resume: boolean): Promise<Uploaded> {
  if (resume) {
    try {
      return await current.run(true)
    } catch (error) {
      // The server no longer knows the upload: it begins anew.
      if (!(error instanceof ApiError) || ![404, 410].includes(error.status)) throw error
      forgetUpload()
    }
  }
  await current.open(attributes)
  if (current.location) rememberUpload(chosen, current.location)
  return current.run(false)
}

function show(busy: boolean): void {
  progress.hidden = !busy
  fields.disabled = busy
  pick.hidden = busy
  if (busy) progress.scrollIntoView({ block: 'nearest' })
}

/** Draws progress, speed and what is left. */
function meter(total: number): ConstructorParameters<typeof Transfer>[1] {
  const title = find('[data-progress-title]')
  const figures = find('[data-progress-figures]')
  const note = find('[data-progress-note]')
  const announce = find('[data-announce]')
  const samples: [at: number, sent: number][] = []
  let announced = 0
  bar.value = 0
  return {
    onProgress(sent) {
      const now = performance.now()
      samples.push([now, sent])
      while (samples.length > 2 && now - (samples[0]?.[0] ?? now) > SPEED_WINDOW_MS) samples.shift()
      const [from, before] = samples[0] ?? [now, sent]
      const perSec = now > from ? Math.max(0, sent - before) / (now - from) * 1000 : 0
      const percent = total > 0 ? sent / total * 100 : 100
      bar.value = percent
      retry.hidden = true
      title.textContent = sent >= total ? 'Checking the file' : 'Uploading'
      figures.textContent = `${Math.floor(percent)}% · ${bytes(sent)} of ${bytes(total)}`
      note.textContent = perSec > 0 && sent < total ? `${bytes(perSec)}/s, ${durationWords((total - sent) / perSec)} left` : ''
      if (percent >= announced + ANNOUNCE_EVERY_PERCENT) {
        announced = Math.floor(percent / ANNOUNCE_EVERY_PERCENT) * ANNOUNCE_EVERY_PERCENT
        announce.textContent = `${announced} percent uploaded`
      }
    },
    onWaiting(delayMs) {
      samples.length = 0
      title.textContent = 'Connection lost'
      note.textContent = `Nothing is lost. Trying again in ${Math.round(delayMs / 1000)} s.`
      announce.textContent = 'Connection lost, trying again'
      retry.hidden = false
    }
  }
}

function finish(video: Uploaded): void {
  forgetUpload()
  transfer = null
  form.hidden = true
  const done = find('[data-done]')
  done.hidden = false
  find<HTMLAnchorElement>('[data-watch]').href = `/w/${video.shortUUID}`
  const heading = find('h2', done)
  heading.tabIndex = -1
  heading.focus()
}

form.addEventListener('submit', event => {
  event.preventDefault()
  void start()
})
fileInput.addEventListener('change', () => choose(fileInput.files?.[0]))
for (const name of ['dragover', 'dragleave', 'drop']) {
  pick.addEventListener(name, event => {
    event.preventDefault()
    pick.classList.toggle('over', name === 'dragover')
    if (name === 'drop') choose((event as DragEvent).dataTransfer?.files[0])
  })
}
retry.addEventListener('click', () => transfer?.retryNow())
find('[data-cancel]').addEventListener('click', () => {
  const current = transfer
  transfer = null
  forgetUpload()
  show(false)
  void current?.cancel()
})
addEventListener('beforeunload', event => {
  if (transfer) event.preventDefault()
})

if (currentSession()) prepare().catch(complain)
