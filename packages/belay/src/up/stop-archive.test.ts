import { expect, it } from 'vitest';
import { ROLES } from './roles.ts';
import { stopArchive } from './stop-archive.ts';

async function stopped(left: number | undefined, roles: readonly (typeof ROLES)[number][] = ROLES) {
  const did: string[] = [];
  const archive = {
    drain: async () => {
      did.push('drain');
      return left;
    },
    stop: async () => void did.push('stop'),
  };
  await stopArchive(archive, new Set(roles), (text) => did.push(text));
  return did;
}

it('drains the archive of a whole platform before it stops it', async () => {
  expect(await stopped(0)).toEqual(['drain', 'stop']);
});

it('says what the history lacks, and that the next start stores it', async () => {
  expect((await stopped(12)).at(-1)).toMatch(/lacks 12 of the log's messages. They stay on the log, and the next start stores them/);
  expect((await stopped(undefined)).at(-1)).toMatch(/may lack the newest/);
});

it('does not drain the archive of a platform in parts: others feed the log and go on', async () => {
  expect(await stopped(12, ['archive'])).toEqual(['stop']);
});
