import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** The environment that the sample fleet names: there `spend_rate` pauses, which elsewhere warns. */
export const SAMPLE_ENVIRONMENT = 'sample';

/** One agent of the sample fleet, and what should become of it. */
export interface SampleAgent {
  readonly id: string;
  /** What it does, for the table. */
  readonly about: string;
  readonly shouldBeStopped: boolean;
}

/** Order of the table; ids are those in examples/fleet. */
export const SAMPLE_AGENTS: readonly SampleAgent[] = [
  { id: 'librarian', about: 'varied work for three readers', shouldBeStopped: false },
  { id: 'courier', about: 'six orders, one by one', shouldBeStopped: false },
  { id: 'poller', about: 'waits for a job, asks 40 times', shouldBeStopped: false },
  { id: 'batcher', about: 'one tool over 200 products', shouldBeStopped: false },
  { id: 'looper', about: 'asks for the same missing invoice', shouldBeStopped: true },
  { id: 'spender', about: 'each model call costs more', shouldBeStopped: true },
];

/** Folder of the sample fleet in a checkout of the repository. @throws CliError when there is none. */
export function fleetFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'examples', 'fleet');
    if (existsSync(join(candidate, 'service.ts'))) return candidate;
    if (folder === dirname(folder)) break;
  }
  throw new CliError(EXIT.notFound, 'The sample fleet (examples/fleet) is not here.', {
    hint: 'It is part of the repository, not of the npm package: run this in a checkout, or start your own agent with BELAY_TOKEN.',
  });
}
