import type { ContentCapture } from './content.ts';

export interface MappingOptions {
  /** Key of the hashes in `call.features` (≥ 16 bytes): the same value hashes alike as long as the key stays. No default is safe. */
  readonly hashKey: Uint8Array;
  /** What is kept of arguments, results and model output. Default `redacted`. */
  readonly previews: ContentCapture;
  /** Length of each preview, bytes of UTF-8, at most 4096. Default 1024. */
  readonly previewMaxBytes: number;
  /** Keys of results that change by themselves and are left out of the digest. Default: the list of `@belay/protocol`. */
  readonly volatileKeys?: readonly string[];
  /** Attributes that a span may carry; one with more is rejected. Default 512. */
  readonly maxAttributes: number;
}

export const DEFAULT_MAPPING: Omit<MappingOptions, 'hashKey'> = { previews: 'redacted', previewMaxBytes: 1024, maxAttributes: 512 };
