// What the applications of the demonstration use to make their pages.
export { applicationNames, type Page, page, pageHeaders, strictTransport } from './layout.ts'
export { html, type Markup } from './markup.ts'
export { type Neighbours, neighbours } from './neighbours.ts'
export { proven } from './proven.ts'
export { clockTime, sessionCard, sourceNames } from './session-card.ts'
export { style } from './style.ts'
