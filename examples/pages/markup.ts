/** Text that is HTML already: every value in it has been escaped. */
export interface Markup {
  readonly html: string
}

/** What may be put into a page: text is escaped, markup is not, what is absent leaves nothing. */
type Inserted = string | number | Markup | readonly Markup[] | null | undefined | false

/** Writes HTML: `` html`<p>${text}</p>` ``. Attributes must be in double quotes. */
export function html(texts: TemplateStringsArray, ...values: readonly Inserted[]): Markup {
  return { html: texts.map((text, at) => text + written(values[at])).join('') }
}

function written(value: Inserted): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'html' in value ? value.html : value.map((markup) => markup.html).join('')
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
