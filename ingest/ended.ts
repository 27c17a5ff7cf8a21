// Asking a signal again after a wait: the compiler takes what it read before the wait for the truth.

/** Has the signal been aborted by now? */
export const hasEnded = (signal: AbortSignal): boolean => signal.aborted;
