// Questions that stand in the way until they are answered.

import { element } from '../ui/dom.ts'

let number = 0

/** Shows a form with a main button; resolves with it when that was pressed, with null else. */
function open(title: string, content: Node[], button: string, isDanger: boolean): Promise<HTMLFormElement | null> {
  const id = `dialog-${number += 1}`
  const cancel = element('button', { class: 'button quiet', type: 'button' }, 'Cancel')
  const main = element('button', { class: isDanger ? 'button danger' : 'button' }, button)
  const form = element(
    'form', { method: 'dialog' }, element('h2', { id }, title), ...content,
    element('p', { class: 'row end' }, cancel, main)
  )
  const dialog = element('dialog', { class: 'sheet narrow', 'aria-labelledby': id }, form)
  document.body.append(dialog)
  return new Promise(resolve => {
    let done: HTMLFormElement | null = null
    form.addEventListener('submit', () => { done = form })
    cancel.addEventListener('click', () => dialog.close())
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(done)
    })
    dialog.showModal()
  })
}

export async function confirm(title: string, words: string, button: string): Promise<boolean> {
  return await open(title, [element('p', {}, words)], button, true) !== null
}

/** One of several answers, given as value and words; null when there was none. */
export async function choose(
  title: string, words: string, options: [string, string][], button: string
): Promise<string | null> {
  const choices = options.map(([value, label], at) => {
    const input = element('input', { type: 'radio', name: 'choice', value, id: `choice-${at}`, checked: at === 0 })
    return element('div', { class: 'check' }, input, element('label', { for: `choice-${at}` }, label))
  })
  const form = await open(title, [element('p', {}, words), element('fieldset', {}, ...choices)], button, true)
  return form ? String(new FormData(form).get('choice')) : null
}

/** A report: reasons to tick, and words. */
export async function ask(
  title: string, reasons: [string, string][]
): Promise<{ reason: string, predefinedReasons: string[] } | null> {
  const ticks = reasons.map(([value, label]) => {
    const input = element('input', { type: 'checkbox', name: 'reasons', value, id: `reason-${value}` })
    return element('div', { class: 'check' }, input, element('label', { for: `reason-${value}` }, label))
  })
  const words = element('textarea', { id: 'report-words', name: 'words', rows: 3, minlength: 2, maxlength: 3_000, required: true })
  const field = element('div', { class: 'field' }, element('label', { for: 'report-words' }, 'What is wrong?'), words)
  const form = await open(title, [element('fieldset', {}, ...ticks), field], 'Report', false)
  if (!form) return null
  const data = new FormData(form)
  return { reason: String(data.get('words')).trim(), predefinedReasons: data.getAll('reasons').map(String) }
}
