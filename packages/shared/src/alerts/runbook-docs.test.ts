import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ALERT_KIND_NAMES, ALERT_KINDS } from './alert-kinds.ts';

test('the documentation has the runbook of every kind of alert', async () => {
  const file = path.resolve(import.meta.dirname, '../../../../docs/operator/alerts.md');
  const runbook = (await readFile(file, 'utf8')).split('## Runbook')[1];
  const expected = ALERT_KIND_NAMES.map((kind) => {
    const { title, severity, meaning, advice } = ALERT_KINDS[kind];
    return `### ${title}\n\n\`${kind}\`, ${severity}. ${meaning} **What to do:** ${advice}\n`;
  });
  expect(runbook?.trim()).toBe(expected.join('\n').trim());
});
