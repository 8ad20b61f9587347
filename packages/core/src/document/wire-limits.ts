// How long and how many the values of the wire may be: characters, but where a name begins with `most`.

/** OpenID Connect Core section 2: a provider's name for a person has no more. */
export const longestSubject = 255
export const longestIssuer = 2_048
export const longestAcr = 255
export const longestAmr = 64
export const mostAmr = 16

/** What a cookie can hold; nothing longer is looked at. */
export const longestToken = 4_096

/** The name of a signing key: a hash of 43 characters, with room for another one. */
export const longestKid = 64

export const longestEntityTag = 256

/** In one request: more are not faster, and 128 documents of the largest size still fit an answer. */
export const mostReads = 128

export const longestReason = 64

/** A part, a dot and a key of at most 64. */
export const longestPath = 128
export const mostUnset = 64

export const longestEpoch = 128
export const longestProcessName = 64
