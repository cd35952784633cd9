/** What a trait of a call is about: the kinds that points are given by. `party` is a person, mail domain, account or owner; `url` a host in a url-like argument; `place` is narrower than a host or an owner, `address` a value that is a destination, `path` one that is a place in a file system. */
export type TraitKind =
  | 'tool'
  | 'credential'
  | 'secret'
  | 'sensitive_path'
  | 'party'
  | 'host'
  | 'url'
  | 'place'
  | 'value'
  | 'address'
  | 'path'
  | 'pair'
  | 'other';

/** One thing about a call that may be new to its agent. */
export interface Trait {
  readonly kind: TraitKind;
  /** The same for the same trait everywhere: fleet priors carry it as 16 hex digits. */
  readonly key: number;
  /** For short values: tool and role, the habit that the value belongs to; 0 = none. */
  readonly habit: number;
  /** For short values: the value alone, whatever tool and role; 0 = none. */
  readonly value: number;
  /** For people: the destination as it reads, or the argument's role. */
  readonly label: string;
}
