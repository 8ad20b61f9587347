/** The value at a path of a view, such as `identity.acr`; undefined where there is none. */
export function valueAt(session: unknown, path: string): unknown {
  return path.split('.').reduce((within, key) => (isObject(within) && Object.hasOwn(within, key) ? within[key] : undefined), session)
}

/** Whether a value has keys of its own to look at. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
