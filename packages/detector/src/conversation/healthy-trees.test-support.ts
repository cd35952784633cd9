import { type DecisionEvent, sketchOf, textDigest } from '@belay/protocol';
import { createSeededRandom, MANUAL_CLOCK_START_US, type SeededRandom } from '@belay/testkit';
import { acts, hands } from '../testing/trees.test-support.ts';

const WORDS = [
  ...'plan budget staff schedule tests rollback training support hardware security handbook launch invoice customer region report'.split(
    ' ',
  ),
  ...'table index column backup error latency cache queue token price weather harvest river bridge market garden window paper'.split(' '),
];

/** Makes the decisions of one healthy tree, in order of time. */
class Scene {
  readonly events: DecisionEvent[] = [];
  readonly random: SeededRandom;
  readonly root: string;
  #atUs: number;

  constructor(seed: number) {
    this.random = createSeededRandom(seed);
    this.root = `root-${seed}`;
    this.#atUs = MANUAL_CLOCK_START_US + seed * 1e9;
  }

  prose(words: number): string {
    return Array.from({ length: words }, () => this.random.pick(WORDS)).join(' ');
  }

  wait(seconds: number): void {
    this.#atUs += seconds * 1e6;
  }

  /** An agent works: a model call and a tool call. */
  work(agent: string, session: string): void {
    for (const kind of ['model', 'tool'] as const)
      this.#add(acts(agent, session, { kind, costNanoUsd: this.random.integer(1, 30) * 1_000_000 }));
  }

  say(from: string, session: string, to: string, text: string, status: 'ok' | 'error' = 'ok'): void {
    const message = { digest: textDigest(text), sketch: sketchOf({ text }) };
    this.#add(hands(from, session, to, message, { outcome: { status } }));
  }

  #add(event: DecisionEvent): void {
    this.wait(this.random.integer(1, 20));
    const isRoot = event.sessionId === 'root';
    this.events.push({
      ...event,
      rootSessionId: this.root,
      sessionId: isRoot ? this.root : `${this.root}-${event.sessionId}`,
      startUs: this.#atUs,
      receivedUs: this.#atUs + 1e6,
    });
  }
}

/** Ways in which agents work together for long without going round in circles. */
const SCENES: Readonly<Record<string, (scene: Scene) => void>> = {
  'an orchestrator gives its workers a batch by one template, they report what they found': (scene) => {
    for (let task = 0; task < 60; task++) {
      const worker = `worker-${task % 4}`;
      const rest =
        'carefully, list five facts with their sources, mark what is uncertain, and keep it under two hundred words in plain language';
      scene.say('boss', 'root', worker, `Read document ${task} ${rest}`);
      scene.work(worker, `w${task % 4}`);
      scene.say(worker, `w${task % 4}`, 'boss', `Document ${task}: ${scene.prose(40)}`);
      scene.work('boss', 'root');
    }
  },
  'workers fetch their tasks from a dispatcher with the same words': (scene) => {
    for (let task = 0; task < 40; task++) {
      scene.say('worker', 'w', 'boss', 'I am done. Next task, please.');
      scene.say('boss', 'root', 'worker', `Task ${task}: ${scene.prose(25)}`);
      scene.work('worker', 'w');
    }
  },
  'a writer asks for a review with the same words, of a text that is little changed; the reviewer finds something else each time': (
    scene,
  ) => {
    const draft = scene.prose(200).split(' ');
    for (let round = 0; round < 25; round++) {
      draft[scene.random.integer(0, 199)] = scene.random.pick(WORDS);
      scene.say('writer', 'root', 'reviewer', `Please review: ${draft.join(' ')}`);
      scene.work('reviewer', 'r');
      scene.say('reviewer', 'r', 'writer', `Remark: ${scene.prose(scene.random.integer(10, 60))}`);
      scene.work('writer', 'root');
    }
  },
  'a hand-over is tried again until a transient error is over': (scene) => {
    for (let job = 0; job < 12; job++) {
      const text = `Job ${job}: ${scene.prose(20)}`;
      for (let attempt = scene.random.integer(0, 5); attempt > 0; attempt--) scene.say('boss', 'root', 'worker', text, 'error');
      scene.say('boss', 'root', 'worker', text);
      scene.work('worker', 'w');
      scene.say('worker', 'w', 'boss', `Finished: ${scene.prose(15)}`);
    }
  },
  'a supervisor asks for the status again and again; the workers are further each time': (scene) => {
    for (let poll = 0; poll < 60; poll++) {
      const worker = `worker-${poll % 3}`;
      scene.say('boss', 'root', worker, 'What is your status?');
      scene.work(worker, `w${poll % 3}`);
      scene.say(
        worker,
        `w${poll % 3}`,
        'boss',
        `${poll} of 60 done, now ${scene.random.pick(WORDS)}, ${scene.random.integer(1, 500)} s left`,
      );
    }
  },
  'a supervisor asks once a minute for a status that stays the same for a while': (scene) => {
    for (let poll = 0; poll < 40; poll++) {
      scene.wait(60);
      scene.say('boss', 'root', 'worker', 'What is your status?');
      scene.say('worker', 'w', 'boss', `Step ${Math.floor(poll / 6)} is running: ${WORDS[Math.floor(poll / 6)]}.`);
    }
  },
  'the same report is asked for every day': (scene) => {
    for (let day = 0; day < 30; day++) {
      scene.wait(86_400);
      scene.say('boss', 'root', 'worker', 'Write the daily report.');
      scene.work('worker', 'w');
      scene.say('worker', 'w', 'boss', 'The daily report is written.');
    }
  },
  'work goes round three agents, other work each time': (scene) => {
    for (let item = 0; item < 30; item++)
      for (const [from, to] of [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ] as const) {
        scene.work(from, from === 'a' ? 'root' : from);
        scene.say(from, from === 'a' ? 'root' : from, to, `Item ${item}: ${scene.prose(30)}`);
      }
  },
  'two agents talk': (scene) => {
    for (let turn = 0; turn < 60; turn++) {
      scene.say('ann', 'root', 'bob', scene.prose(scene.random.integer(5, 60)));
      scene.say('bob', 'b', 'ann', scene.prose(scene.random.integer(5, 60)));
    }
  },
};

export const HEALTHY_SCENES: readonly string[] = Object.keys(SCENES);

/** A healthy tree: the same for the same name and seed. */
export function healthyTree(name: string, seed: number): readonly DecisionEvent[] {
  const scene = new Scene(seed);
  SCENES[name]?.(scene);
  return scene.events;
}
