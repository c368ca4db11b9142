// The two dialogs of the list: edit and delete.

import { request } from '../api/http.ts'
import type { Video, VideoDetails } from '../api/types.ts'
import { find } from '../ui/dom.ts'
import { faultsFrom, faultsOf, fillFrom, fillVocabularies, showFaults, updateBody } from '../upload/fields.ts'

let vocabularies: Promise<void> | null = null

/** Resolves with true once changes were saved, with false when the dialog was left. */
export async function openEditor(video: Video): Promise<boolean> {
  const dialog = find<HTMLDialogElement>('#edit')
  const form = find<HTMLFormElement>('form', dialog)
  const problem = find('[data-problem]', dialog)
  for (const only of form.querySelectorAll<HTMLElement>('[data-only="upload"]')) only.hidden = true
  vocabularies ??= fillVocabularies(form)
  const path = `/videos/${video.uuid}`
  const [details] = await Promise.all([
    request<VideoDetails>(path, { session: 'require' }),
    vocabularies.catch((error: unknown) => {
      vocabularies = null
      throw error
    })
  ])
  fillFrom(form, details)
  showFaults(form, {})
  problem.hidden = true
  const save = async () => {
    await request(path, { method: 'PUT', json: updateBody(form), session: 'require' })
  }
  return runDialog(dialog, form, async () => {
    if (!showFaults(form, faultsOf(form))) return false
    try {
      await save()
      return true
    } catch (error) {
      problem.textContent = (error as Error).message
      problem.hidden = false
      showFaults(form, faultsFrom(error))
      return false
    }
  })
}

/** Resolves with true when deletion was confirmed. */
export function confirmDeletion(video: Video): Promise<boolean> {
  const dialog = find<HTMLDialogElement>('#delete')
  find('[data-delete-name]', dialog).textContent = video.name
  return runDialog(dialog, find<HTMLFormElement>('form', dialog), async () => true)
}

/** Shows a dialog until it is left, or until `act` on its main button says that it is done. */
function runDialog(dialog: HTMLDialogElement, form: HTMLFormElement, act: () => Promise<boolean>): Promise<boolean> {
  return new Promise(resolve => {
    let done = false
    const controller = new AbortController()
    form.addEventListener('submit', event => {
      const button = event.submitter as HTMLButtonElement | null
      event.preventDefault()
      if (button) button.disabled = true
      void act().then(finished => {
        if (button) button.disabled = false
        if (!finished) return
        done = true
        dialog.close()
      })
    }, controller)
    find('[data-close]', dialog).addEventListener('click', () => dialog.close(), controller)
    dialog.addEventListener('close', () => {
      controller.abort()
      resolve(done)
    }, controller)
    dialog.showModal()
  })
}
