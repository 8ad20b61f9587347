/** A form of a page, with the values that it would send as it stands. */
export interface Form {
  readonly id: string | null
  readonly method: 'GET' | 'POST'
  readonly encoding: 'urlencoded' | 'multipart'
  /** Absolute. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** The buttons that have a name: one of them is sent along when it is pressed. */
  readonly buttons: readonly { readonly name: string; readonly value: string }[]
}

/** Finds the forms of a page. It reads the pages of the demonstration, whose attributes are quoted, and no other HTML. */
export function formsIn(html: string, pageUrl: string): readonly Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', inside = '']) => ({
    id: attribute(head, 'id'),
    method: attribute(head, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
    encoding: attribute(head, 'encType')?.toLowerCase() === 'multipart/form-data' ? 'multipart' : 'urlencoded',
    action: new URL(attribute(head, 'action') ?? pageUrl, pageUrl).href,
    fields: Object.fromEntries([...inputsIn(inside), ...selectsIn(inside)]),
    buttons: [...inside.matchAll(/<button\b([^>]*)>/g)].flatMap(([, tag = '']) => {
      const name = attribute(tag, 'name')
      return name === null ? [] : [{ name, value: attribute(tag, 'value') ?? '' }]
    }),
  }))
}

/** Turns the character references that the demonstration writes back into text. */
export function textOf(html: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => (code ? String.fromCodePoint(Number(code)) : (names[name] ?? whole)))
}

function inputsIn(html: string): [string, string][] {
  return [...html.matchAll(/<input\b([^>]*)>/g)].flatMap(([, tag = '']) => {
    const name = attribute(tag, 'name')
    return name === null ? [] : [[name, attribute(tag, 'value') ?? ''] as [string, string]]
  })
}

function selectsIn(html: string): [string, string][] {
  return [...html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)].flatMap(([, tag = '', inside = '']) => {
    const name = attribute(tag, 'name')
    const options = [...inside.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => option)
    const chosen = options.find((option) => /\sselected\b/.test(option)) ?? options[0]
    return name === null || chosen === undefined ? [] : [[name, attribute(chosen, 'value') ?? ''] as [string, string]]
  })
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value === undefined ? null : textOf(value)
}
