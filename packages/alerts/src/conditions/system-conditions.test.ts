import type { AgentEntry } from '@fulfillment/platform';
import { ALERT_KIND_NAMES, isOrderKind } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';
import { channelCondition, systemConditions } from './system-conditions.ts';
import type { SystemState } from './system-state.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const app = (name: string) => ({
  app: name,
  host: 'studio',
  pid: 1,
  version: '0.1.0',
  startedAt: NOW,
  jobs: [],
  running: 0,
});
const redis = { version: '7', usedMemory: 1, maxMemory: null, hasLog: true, hasFailedToSave: false };
const agent: AgentEntry = {
  name: 'painter',
  id: 'agt_1',
  state: 'served',
  warnings: [],
  checkedAt: NOW,
  warningsAt: NOW,
  polledAt: NOW,
  heardAt: null,
};
const WELL: SystemState = {
  now: NOW,
  processes: ['ingestor', 'generation-worker', 'delivery-worker'].map(app),
  starts: [],
  waits: [{ queue: 'generation', ms: MINUTE, idleMs: HOUR }],
  pauses: [{ name: 'handler "painter"', since: NOW }],
  agents: [agent],
  tries: new Map(),
  badSignatures: new Map(),
  isBudgetExhausted: false,
  refusedRows: [],
  redis,
  freeDisk: 0.5,
  ledger: { lagMs: 1000, trouble: null },
};
const start = (at: number) => ({ app: 'ingestor', host: 'studio', pid: at, at });
const warning = { code: 'no_service', text: 'sells nothing', advice: 'Sell' } as const;

test('a system that is well has no condition', () => {
  expect(systemConditions(WELL, HOUR)).toEqual([]);
});

const TROUBLES: [kind: string, state: Partial<SystemState>][] = [
  ['app_missing', { processes: ['ingestor', 'delivery-worker'].map(app) }],
  ['app_restarting', { starts: [1, 2, 3, 4].map(start) }],
  ['jobs_waiting', { waits: [{ queue: 'orders', ms: HOUR, idleMs: 0 }] }],
  ['work_paused', { pauses: [{ name: 'queue "generation"', since: NOW - 2 * HOUR }] }],
  ['intake_silent', { agents: [{ ...agent, polledAt: NOW - 2 * HOUR }] }],
  ['signatures_failing', { badSignatures: new Map([['agt_1', 5]]) }],
  ['key_rejected', { agents: [{ ...agent, state: 'key_rejected' }] }],
  ['agent_cannot_earn', { agents: [{ ...agent, warnings: [warning] }] }],
  ['budget_exhausted', { isBudgetExhausted: true }],
  ['calls_refused', { refusedRows: ['deliver'] }],
  ['redis_memory', { redis: { ...redis, usedMemory: 81, maxMemory: 100 } }],
  ['redis_not_saving', { redis: { ...redis, hasFailedToSave: true } }],
  ['disk_full', { freeDisk: 0.04 }],
  ['ledger_behind', { ledger: { lagMs: 0, trouble: 'The disk is full' } }],
];

describe('a condition is raised', () => {
  test.each(TROUBLES)('%s', (kind, state) => {
    expect(systemConditions({ ...WELL, ...state }, HOUR).map((found) => found.kind)).toEqual([kind]);
  });

  test('for each kind of the system', () => {
    const kinds = [...TROUBLES.map(([kind]) => kind), channelCondition('team').kind];
    expect(kinds.toSorted()).toEqual(ALERT_KIND_NAMES.filter((kind) => !isOrderKind(kind)).toSorted());
  });
});

test('three starts, young jobs, a new agent and little noise raise no condition', () => {
  const state: SystemState = {
    ...WELL,
    starts: [1, 2, 3].map(start),
    waits: [
      { queue: 'delivery', ms: HOUR, idleMs: HOUR },
      { queue: 'generation', ms: 50 * MINUTE, idleMs: MINUTE },
    ],
    agents: [{ ...agent, polledAt: null }],
    badSignatures: new Map([['agt_1', 4]]),
    redis: null,
    freeDisk: null,
  };
  expect(systemConditions(state, HOUR)).toEqual([]);
});

test('generations that wait while no worker works on any are reported after ten minutes', () => {
  const kindsOf = (ms: number, idleMs: number) =>
    systemConditions({ ...WELL, waits: [{ queue: 'generation', ms, idleMs }] }, HOUR).map(({ kind }) => kind);
  expect(kindsOf(11 * MINUTE, 11 * MINUTE)).toEqual(['jobs_waiting']);
  expect(kindsOf(11 * MINUTE, 9 * MINUTE)).toEqual([]);
  expect(kindsOf(9 * MINUTE, Number.POSITIVE_INFINITY)).toEqual([]);
  expect(kindsOf(61 * MINUTE, 0)).toEqual(['jobs_waiting']);
});
