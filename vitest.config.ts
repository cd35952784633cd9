import { defineConfig } from 'vitest/config';

const source = {
  resolve: { conditions: ['belay-source'] },
  ssr: { resolve: { conditions: ['belay-source'], externalConditions: ['belay-source'] } },
};

const project = (name: string, include: string[], options: { timeoutMs: number; serial?: boolean }) => ({
  ...source,
  test: {
    name,
    include,
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    expect: { poll: { timeout: options.timeoutMs } },
    execArgv: ['--conditions=belay-source'],
    ...(options.serial ? { fileParallelism: false } : {}),
  },
});

/** unit: pure, in memory. contract: embedded engines. integration: real Kafka, PostgreSQL, ClickHouse engine. e2e: whole processes. */
export default defineConfig({
  test: {
    teardownTimeout: 120_000,
    projects: [
      project('unit', ['packages/*/src/**/*.test.ts', 'test/house/**/*.test.ts', 'bench/**/*.test.ts'], { timeoutMs: 120_000 }),
      project('contract', ['packages/*/src/**/*.contract-test.ts', 'bench/**/*.contract-test.ts'], { timeoutMs: 180_000, serial: true }),
      project('integration', ['packages/*/src/**/*.integration-test.ts', 'test/{integration,fault}/**/*.integration-test.ts'], {
        timeoutMs: 300_000,
        serial: true,
      }),
      project('e2e', ['test/e2e/**/*.e2e-test.ts'], { timeoutMs: 300_000, serial: true }),
    ],
  },
});
