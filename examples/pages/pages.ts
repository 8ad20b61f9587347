// What the applications of the demonstration use to make their pages.
export { type Page, page, pageHeaders } from './layout.ts'
export { html, type Markup } from './markup.ts'
export { type Neighbours, neighbours } from './neighbours.ts'
export { proven } from './proven.ts'
export { clockTime, sessionCard } from './session-card.ts'
