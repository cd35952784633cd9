export { type LiveEvent, toLiveEvent, type WatchOptions, watchEvents } from './client/event-stream.ts';
export { createOperatorClient, type OperatorClient } from './client/operator-client.ts';
export { createStopStories, type StopStories, type StopStory } from './client/stop-story.ts';
export { createTerminal, type Terminal } from './output/terminal.ts';
export { type DataDir, dataDirAt } from './up/data-dir.ts';
export { type Platform, type PlatformDeps, startPlatform } from './up/platform.ts';
export { createSteps, type Steps } from './up/steps.ts';
export { parseUpOptions, type UpOptions, type UpSettings } from './up/up-settings.ts';
