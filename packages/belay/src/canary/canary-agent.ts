/** Id of the one agent that measures the loop. Another whose id only begins so is somebody's own, and is counted and shown like any other. */
export const CANARY_AGENT = 'belay-canary';
