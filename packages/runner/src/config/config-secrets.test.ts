import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stagedFile } from '@fulfillment/artifacts';
import { expect, test } from 'vitest';
import { isRefusal } from '../calls/perform-call.ts';
import { openRunner } from '../test-support/calls.ts';
import { withheldSecrets } from './config-secrets.ts';
import { loadConfig } from './load-config.ts';

const PACKAGE = path.join(import.meta.dirname, '../../../handlers/src/index.ts');
const SECRETS = {
  SHOP_SLACK: 'https://hooks.example/T0/B0/a-token',
  SHOP_BOT: '123456:a-token-of-a-bot',
  SHOP_MAIL: 'smtp://shop:a%20mail%20password@mail.example',
  SHOP_MAIL_PASSWORD: 'a mail password',
  SHOP_NTFY: 'a-secret-topic',
  SHOP_BEAT: 'https://beats.example/ping/a-token',
};
const KEPT = { SHOP_SHORT: 'orders', SHOP_QUEUE: 'orders', MODEL_KEY: 'the key of a model' };
const CONFIG = `
import { defineConfig, defineHandler, email, ntfy, slack, telegram } from ${JSON.stringify(PACKAGE)};
const { env } = process;
export default defineConfig({
  agents: [{ name: 'studio', apiKey: 'atelier_1' }],
  handlers: [defineHandler({
    name: 'reveal', match: 'default',
    generate: () => ({ body: JSON.stringify(process.env), contentType: 'application/json' }),
  })],
  alerts: {
    channels: [
      { name: 'team', channel: slack({ webhookUrl: env.SHOP_SLACK }) },
      { name: 'bot', channel: telegram({ botToken: env.SHOP_BOT, chatId: 1 }) },
      { name: 'mail', channel: email({ smtpUrl: env.SHOP_MAIL, from: 'a@b.example', to: 'c@d.example' }) },
      { name: 'phone', channel: ntfy({ topic: env.SHOP_NTFY }) },
      { name: 'wall', channel: ntfy({ topic: env.SHOP_SHORT }) },
    ],
    heartbeat: { url: env.SHOP_BEAT },
  },
});
`;

test('a handler gets no secret of an alert channel, and its process loads the configuration', async () => {
  const env = { ...process.env, ...SECRETS, ...KEPT };
  await using opened = await openRunner({ size: 1 });
  const configFile = path.join(opened.folder, 'fulfillment.config.mts');
  await writeFile(configFile, CONFIG);
  Object.assign(process.env, SECRETS, KEPT);
  const config = await loadConfig({ FULFILLMENT_CONFIG: configFile, ARTIFACTS_DIR: opened.folder });
  await using shop = await openRunner({ size: 1, configFile, env, withheld: withheldSecrets(config) });
  const answer = await shop.generate('reveal');
  const artifact = isRefusal(answer) ? undefined : answer.parts[0]?.product.artifact;
  const file = artifact && stagedFile(path.join(shop.folder, 'reveal'), artifact);
  const seen = JSON.parse(await readFile(file ?? '', 'utf8'));
  expect(seen).toMatchObject(KEPT);
  for (const name of Object.keys(SECRETS)) expect(seen[name]).toBe('atelier_withheld');
});
