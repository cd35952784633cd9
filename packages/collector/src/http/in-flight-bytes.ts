/** The share of one request in what the collector holds. */
export interface InFlightLease {
  /** False when it would go over the limit; nothing is reserved then. */
  reserve(bytes: number): boolean;
  /** Gives everything back. Idempotent. */
  release(): void;
}

/** Bytes of bodies in hand over all requests: the collector's back-pressure. */
export interface InFlightBytes {
  open(): InFlightLease;
  bytes(): number;
}

export function createInFlightBytes(maxBytes: number): InFlightBytes {
  let total = 0;
  return {
    bytes: () => total,
    open() {
      let own = 0;
      return {
        reserve(bytes) {
          if (total + bytes > maxBytes) return false;
          total += bytes;
          own += bytes;
          return true;
        },
        release() {
          total -= own;
          own = 0;
        },
      };
    },
  };
}
