/** Version of this package, sent as the instrumentation scope's. */
export const VERSION = '0.1.0';
