/**
 * Runs what imports a driver: an organisation installs one only if it uses its store.
 *
 * @throws TypeError naming the option `store` and the package where it is missing.
 */
export async function withDriver<Result>(driver: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${driver}'`)) throw error
    throw new TypeError(`store: expected the package ${driver} beside the gateway, found none; npm install ${driver}`, { cause: error })
  }
}
