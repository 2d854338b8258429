/** Takes a message, and facts to go with it. */
export type Log = (message: string, facts?: object) => void
