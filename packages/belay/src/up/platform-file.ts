import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { type DataDir, readIfPresent, writeSecret } from './data-dir.ts';

const platformFileSchema = z.object({
  pid: z.number().int(),
  collectorUrl: z.string().optional(),
  controlUrl: z.string().optional(),
  /** Health and metrics of the roles without a port of their own, and of the canary. */
  statusUrl: z.string().optional(),
  tenant: z.string(),
  startedUs: z.number(),
  log: z.string(),
});

/** What a running platform leaves in its data folder so that other commands find it. Holds no secret. */
export type PlatformFile = z.infer<typeof platformFileSchema>;

export const writePlatformFile = (dir: DataDir, file: PlatformFile): Promise<void> =>
  writeSecret(dir.platform, `${JSON.stringify(file)}\n`);

export const removePlatformFile = (dir: DataDir): Promise<void> => rm(dir.platform, { force: true });

/** Undefined when there is none, or it is not readable as one: then the defaults serve. */
export async function readPlatformFile(dir: DataDir): Promise<PlatformFile | undefined> {
  try {
    const text = await readIfPresent(dir.platform);
    return text === undefined ? undefined : platformFileSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
