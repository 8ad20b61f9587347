/** What is at hand, or on its way: a read that needs nothing from the gateway waits for no promise. */
export type AtOnce<Value> = Value | Promise<Value>

/** Goes on with a value, at once where it is at hand. */
export function andThen<Value, Next>(value: AtOnce<Value>, next: (value: Value) => AtOnce<Next>): AtOnce<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}
