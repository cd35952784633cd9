import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** The services a process can be. */
export const ROLES = ['control', 'collector', 'detector', 'archive'] as const;
export type Role = (typeof ROLES)[number];

/** @throws CliError on an unknown or empty list. */
export function parseRoles(text: string): ReadonlySet<Role> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(ROLES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new CliError(EXIT.usage, `There is no role ${unknown.map((name) => JSON.stringify(name)).join(', ')}.`, {
      hint: `Known: ${ROLES.join(', ')}.`,
    });
  }
  return new Set(names as Role[]);
}
