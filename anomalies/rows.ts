import type { Anomaly } from './anomaly.ts'
import { a01 } from './rows/a01-lost-update.ts'
import { a02 } from './rows/a02-resurrected-by-write.ts'
import { a03 } from './rows/a03-resurrected-by-read.ts'
import { a04 } from './rows/a04-served-without-session.ts'
import { a05 } from './rows/a05-outage-destroys-session.ts'
import { a06 } from './rows/a06-saved-but-not.ts'
import { a07 } from './rows/a07-callback-throws.ts'
import { a08 } from './rows/a08-outage-reads-signed-out.ts'
import { a09 } from './rows/a09-revoke-others-misses.ts'
import { a10 } from './rows/a10-revoked-still-served.ts'
import { a11 } from './rows/a11-late-read-overwrites.ts'
import { a12 } from './rows/a12-tabs-share-a-tenant.ts'
import { a13 } from './rows/a13-refresh-burns-token.ts'
import { a14 } from './rows/a14-foreign-property.ts'
import { a15 } from './rows/a15-error-for-session.ts'

/** Every anomaly, in the order of the table. */
export const rows: readonly Anomaly[] = [a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12, a13, a14, a15]
