/** Unwinds a reader at the first byte that cannot be read; caught at the reader's door, never seen outside. */
export class Malformed extends Error {
  readonly fault: 'malformed' | 'too_many';

  constructor(reason: string, fault: 'malformed' | 'too_many' = 'malformed') {
    super(reason);
    this.fault = fault;
  }
}
