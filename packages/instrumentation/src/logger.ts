/** Where the package says the few things a person must know (unprotected, spans dropped). Never called with a secret or with content. */
export interface Logger {
  warn(message: string): void;
}
