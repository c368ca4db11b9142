// What the controls under a comment do.

import type { Section } from './section.ts'
import { ask, choose, confirm } from './dialogs.ts'
import { request } from '../api/http.ts'
import { element } from '../ui/dom.ts'

/** PeerTube's reasons for a report, and how they read. */
export const REASONS: [string, string][] = [
  ['violentOrRepulsive', 'Violent or repulsive'],
  ['hatefulOrAbusive', 'Hateful or abusive'],
  ['spamOrMisleading', 'Spam or misleading'],
  ['privacy', 'Shows somebody against their will'],
  ['rights', 'Somebody else holds the rights'],
  ['serverRules', 'Against the rules of this server']
]

export async function act(section: Section, button: HTMLElement): Promise<void> {
  const article = button.closest<HTMLElement>('[data-comment]')
  const id = article?.dataset['comment']
  if (!article || !id) return
  const path = `/videos/${section.video}/comments/${id}`
  try {
    switch (button.dataset['do']) {
      case 'reply': return openReply(article, id)
      case 'approve':
        await request(`${path}/approve`, { method: 'POST', session: 'require' })
        await section.again()
        section.say('The comment is published')
        return section.pointAt(id)
      case 'delete':
        if (!await confirm('Delete this comment?', 'Its place stays when somebody has answered it.', 'Delete')) return
        await request(path, { method: 'DELETE', session: 'require' })
        await section.again()
        return section.say('The comment was deleted')
      case 'report': {
        const report = await ask('Report this comment', REASONS)
        if (!report) return
        await request('/abuses', { method: 'POST', json: { comment: { id: Number(id) }, ...report }, session: 'require' })
        return section.say('Thank you. The moderators will look at it.')
      }
      case 'block': return await block(section, button.dataset['handle'] ?? '')
    }
  } catch (error) {
    section.complain((error as Error).message)
  }
}

function openReply(article: HTMLElement, id: string): void {
  const open = article.querySelector('form')
  if (open) return void open.remove()
  const field = element('textarea', {
    name: 'text', rows: 2, maxlength: 10_000, required: true, 'aria-label': 'Your reply'
  })
  const cancel = element('button', { class: 'button small quiet', type: 'button' }, 'Cancel')
  const form = element(
    'form', { 'data-write': id }, field,
    element('p', { class: 'row end' }, cancel, element('button', { class: 'button small' }, 'Reply'))
  )
  cancel.addEventListener('click', () => {
    form.remove()
    article.querySelector<HTMLElement>('[data-do="reply"]')?.focus()
  })
  article.append(form)
  field.focus()
}

async function block(section: Section, handle: string): Promise<void> {
  const host = handle.slice(handle.indexOf('@') + 1)
  const options: [string, string][] = [['account', `Only ${handle}`]]
  if (host !== location.host) options.push(['server', `Everybody of ${host}`])
  const what = await choose('Block', 'You will not see their comments any more.', options, 'Block')
  if (!what) return
  const [path, json] = what === 'server'
    ? ['servers', { host }] as const
    : ['accounts', { accountName: handle }] as const
  await request(`/users/me/blocklist/${path}`, { method: 'POST', json, session: 'require' })
  await section.again()
  section.say(`${what === 'server' ? host : handle} is blocked`)
}
