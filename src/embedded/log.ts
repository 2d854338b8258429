/** Logs a message with facts. */
export type Log = (message: string, facts?: object) => void
