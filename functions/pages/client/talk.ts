// Likes and comments: on the watch page once its video plays, and on the page of comments.

import { Section } from './talk/section.ts'
import { beginRating } from './talk/rating.ts'
import { beginSaving } from './talk/saving.ts'

for (const root of document.querySelectorAll<HTMLElement>('[data-comments]')) new Section(root).begin()
beginRating()
beginSaving()
