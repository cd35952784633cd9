import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONTROLLER = '/sys/fs/cgroup/cpu';
/** That of the kernel: with a shorter one a process is stopped more often than its caches bear. */
const PERIOD_US = 100_000;
/** Fifty times that of a process: what else runs on the machine meanwhile takes little of it. */
const SHARES = 51_200;

/** Processes that go before all others, with at most so much of a core. */
export interface CpuGroup {
  join(pid: number): void;
  /** Back among all others. */
  leave(pid: number): void;
  /** When its processes have ended or left. */
  remove(): void;
}

/**
 * Makes a control group of Linux (cgroup v1: `cpu.shares`, `cpu.cfs_quota_us`).
 * @param percentOfCore undefined = without a limit.
 * @returns undefined where that is not allowed or not to be had.
 */
export function createCpuGroup(name: string, percentOfCore?: number): CpuGroup | undefined {
  const folder = join(CONTROLLER, name);
  if (!existsSync(join(CONTROLLER, 'cpu.cfs_quota_us'))) return undefined;
  const set = (what: string, value: number): void => writeFileSync(join(folder, what), String(Math.round(value)));
  try {
    mkdirSync(folder);
    set('cpu.shares', SHARES);
    set('cpu.cfs_period_us', PERIOD_US);
    if (percentOfCore !== undefined) set('cpu.cfs_quota_us', (PERIOD_US * percentOfCore) / 100);
  } catch {
    return undefined;
  }
  return {
    join: (pid) => set('cgroup.procs', pid),
    leave: (pid) => writeFileSync(join(CONTROLLER, 'cgroup.procs'), String(pid)),
    remove: () => rmdirSync(folder),
  };
}
