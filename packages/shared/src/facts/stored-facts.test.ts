import { expect, test } from 'vitest';
import { parseFact } from '../record/record.ts';
import { FACT_TYPES, factKey } from './facts.ts';

/**
 * Keys and JSON of facts as records store them. An earlier version wrote the entries without an
 * optional field. Add entries, but never change one: operators' records contain them.
 */
const STORED = String.raw`
seen:paid:0 {"type":"seen","status":"paid","revisionCount":0,"via":"poll"}
heard:h4sh {"type":"heard","event":"order.paid","bodyHash":"h4sh"}
heard:h4sh:@29916666 {"type":"heard","event":"order.paid","bodyHash":"h4sh","sentAt":1795000000000}
revision_requested:2 {"type":"revision_requested","revision":2,"feedback":"Bluer.","isExtra":null}
dispute_opened:h4sh {"type":"dispute_opened","reason":"A dog.","bodyHash":"h4sh"}
dispute_opened:h4sh:@29916666 {"type":"dispute_opened","reason":"A dog.","bodyHash":"h4sh","sentAt":1795000000000}
buyer_message:h4sh {"type":"buyer_message","content":"Hi","senderName":null,"bodyHash":"h4sh"}
buyer_message:h4sh:@29916666 {"type":"buyer_message","content":"Hi","senderName":"Ada","bodyHash":"h4sh","sentAt":1795000000000}
buyer_message:h4sh:@29916666 {"type":"buyer_message","content":"Hi","senderName":"Ada","bodyHash":"h4sh","sentAt":1795000000000,"precedesQuestion":true}
seller_message:h4sh {"type":"seller_message","content":"Hello","senderName":null,"bodyHash":"h4sh"}
seller_message:h4sh:@29916666 {"type":"seller_message","content":"Hello","senderName":"Cat Studio","bodyHash":"h4sh","sentAt":1795000000000}
bounty_accepted {"type":"bounty_accepted","budgetUsd":"90","deadlineHours":24}
payout:sent {"type":"payout","outcome":"sent","amountUsd":"40.50","chain":"base","txHash":"5x","reason":null}
payout:failed {"type":"payout","outcome":"failed","amountUsd":null,"chain":null,"txHash":null,"reason":null}
payout:failed:with_reason {"type":"payout","outcome":"failed","amountUsd":null,"chain":null,"txHash":null,"reason":"bad wallet"}
answer_found:1 {"type":"answer_found","round":"1","content":"Bluer!"}
thread_too_long:1 {"type":"thread_too_long","round":"1"}
thread_unreadable:1 {"type":"thread_unreadable","round":"1","reason":"403"}
thread_unreadable:1:2 {"type":"thread_unreadable","round":"1","reason":"503","index":2,"isRefusal":false}
thread_readable:1:0 {"type":"thread_readable","round":"1","index":0}
service_unread:denied:srv_1 {"type":"service_unread","serviceId":"srv_1","cause":"denied","reason":"403"}
began:generate:0:0:1 {"type":"began","step":"generate","round":"0","attempt":0,"start":1,"handler":"painter"}
returned:generate:0:0:1 {"type":"returned","step":"generate","round":"0","attempt":0,"start":1}
try_failed:generate:0:0:1 {"type":"try_failed","step":"generate","round":"0","attempt":0,"start":1,"kind":"transient","reason":"away","stack":"at paint"}
held_up:generate:0:0:1 {"type":"held_up","step":"generate","round":"0","attempt":0,"start":1,"reason":"disk full"}
put_off:price:0:0:1 {"type":"put_off","step":"price","round":"0","attempt":0,"index":1,"waitSeconds":59.5,"reason":"busy"}
used:0:0:0:0 {"type":"used","round":"0","attempt":0,"start":0,"index":0,"what":"gpt","costUsd":0.16}
used:price:0:0:0:1 {"type":"used","step":"price","round":"0","attempt":0,"start":0,"index":1,"what":"gpt","inputTokens":12,"cachedInputTokens":2,"outputTokens":3,"images":1,"costUsd":null}
used:review:0:0:0:1 {"type":"used","step":"review","round":"0","attempt":0,"start":0,"index":1,"what":"gpt","inputTokens":12,"cachedInputTokens":null,"outputTokens":null,"images":null,"costUsd":null}
remembered:0:0:0:3 {"type":"remembered","round":"0","attempt":0,"start":0,"index":3,"json":"{\"a\":1}"}
kept:0:0:1 {"type":"kept","round":"0","draft":0,"attempt":1,"folder":"f0","reason":"store away"}
priced {"type":"priced","handler":"painter","priceUsd":"45"}
priced {"type":"priced","handler":"painter","priceUsd":"45","validHours":24}
refused {"type":"refused","handler":"painter","reason":"No dogs."}
refused:generate:0 {"type":"refused","handler":"painter","reason":"No dogs.","step":"generate","attempt":0}
refused:price:1 {"type":"refused","handler":"painter","reason":"No dogs.","step":"price","attempt":1}
generated:0 {"type":"generated","round":"0","handler":"painter","products":[{"url":"https://files.example/cat.png","mediaType":"image"}]}
generated:0:1 {"type":"generated","round":"0","handler":"painter","products":[{"mediaType":"image","artifact":{"path":"ord_1/0/r4nd0m/cat.png","fileName":"cat.png","contentType":"image/png","bytes":4}}],"draft":1,"review":true,"reviewReason":"unsure"}
review_function_failed:0:1 {"type":"review_function_failed","round":"0","draft":1,"handler":"painter","reason":"no idea","stack":"at review"}
published:0:0 {"type":"published","round":"0","index":0,"url":"https://files.example/cat.png"}
published:0:1:2 {"type":"published","round":"0","draft":1,"index":2,"url":"https://files.example/cat.png"}
quote_intended {"type":"quote_intended","priceUsd":"45"}
delivery_intended:0 {"type":"delivery_intended","round":"0","deliverables":[{"url":"https://files.example/cat.png","mediaType":"image"}]}
delivery_intended:1d:2 {"type":"delivery_intended","round":"1d","draft":2,"deliverables":[{"url":"https://files.example/cat.png","mediaType":"image"}]}
message_intended:ask_feedback:1 {"type":"message_intended","kind":"ask_feedback","round":"1","content":"What?"}
quoted {"type":"quoted","priceUsd":"45","found":true}
delivered:0 {"type":"delivered","round":"0","deliverables":[{"url":"https://files.example/cat.png","mediaType":"image"}],"found":false}
delivered:0 {"type":"delivered","round":"0","draft":1,"deliverables":[{"url":"https://files.example/cat.png","mediaType":"image"}],"found":true,"status":"delivered"}
delivery_overwritten:0:0 {"type":"delivery_overwritten","round":"0","index":0}
redelivery_intended:0:0 {"type":"redelivery_intended","round":"0","index":0}
redelivered:0:1 {"type":"redelivered","round":"0","index":1,"found":false,"status":"delivered"}
message_sent:delivered:0 {"type":"message_sent","kind":"delivered","round":"0","found":true}
message_dropped:delayed:0 {"type":"message_dropped","kind":"delayed","round":"0","reason":"cancelled"}
buyer_review {"type":"buyer_review","rating":5,"comment":"Nice"}
completed {"type":"completed","priceUsd":"45.00","feeUsd":"4.50","netUsd":"40.50"}
not_ours:2 {"type":"not_ours","hints":2,"reason":"403"}
read_failed:1795000000000 {"type":"read_failed","observedAt":1795000000000,"reason":"away"}
read_failed:after_3:refusal {"type":"read_failed","observedAt":1795000000000,"reads":3,"reason":"403","isRefusal":true}
failed:deliver:0:0 {"type":"failed","stepKey":"deliver:0","attempt":0,"reason":"400"}
rate_limited:send.delivered:0:0 {"type":"rate_limited","stepKey":"send.delivered:0","attempt":0,"reason":"429"}
operator_retried:deliver:0:1 {"type":"operator_retried","stepKey":"deliver:0","attempt":1,"by":"ops"}
payout_retry_asked:0 {"type":"payout_retry_asked","index":0,"by":"ops"}
payout_retry_answered:0 {"type":"payout_retry_answered","index":0,"outcome":"no_wallet","reason":"No wallet."}
operator_retried:generate:0:2 {"type":"operator_retried","stepKey":"generate:0","attempt":2,"byHand":"7c9e6679","by":"ops"}
operator_stopped:generate:0:1 {"type":"operator_stopped","stepKey":"generate:0","attempt":1,"by":"ops"}
operator_released:0 {"type":"operator_released","round":"0","by":"ops"}
operator_retried:generate:0:1 {"type":"operator_retried","stepKey":"generate:0","attempt":1,"note":"Use the other photo.","by":"ops"}
operator_released:0:disputed {"type":"operator_released","round":"0","attentionKey":"disputed","note":"Blue, as promised.","by":"ops"}
operator_released:0:service_unknown {"type":"operator_released","round":"0","attentionKey":"service_unknown","byHand":"7c9e6679","by":"ops"}
operator_released:0:no_brief {"type":"operator_released","round":"0","attentionKey":"no_brief","by":"ops"}
operator_released:0.1:no_brief {"type":"operator_released","round":"0","attentionKey":"no_brief","again":1,"by":"ops"}
operator_release_withdrawn:0:no_brief {"type":"operator_release_withdrawn","round":"0","attentionKey":"no_brief","by":"ops"}
review_due:0:1 {"type":"review_due","round":"0","draft":1}
reviewed:0:1:regenerate {"type":"reviewed","round":"0","draft":1,"verdict":"regenerate","note":"","message":null,"byHand":"7c9e6679","by":"ops"}
reviewed:0:0:regenerate {"type":"reviewed","round":"0","draft":0,"verdict":"regenerate","note":"Bluer.","message":null,"by":"ops"}
operator_acknowledged:contradicted:0 {"type":"operator_acknowledged","attentionKey":"contradicted:0","by":"ops"}
operator_acknowledged:unread_message:5 {"type":"operator_acknowledged","attentionKey":"unread_message:5","readUntil":5,"by":"ops"}
operator_message:0 {"type":"operator_message","number":0,"content":"Yes, in two sizes.","by":"ops"}
operator_message_withdrawn:0 {"type":"operator_message_withdrawn","number":0,"by":"ops"}
`
  .trim()
  .split('\n')
  .map((line) => ({ key: line.slice(0, line.indexOf(' ')), json: line.slice(line.indexOf(' ') + 1) }));

test.each(STORED)('the stored fact $key reads back under its key', ({ key, json }) => {
  const fact = parseFact(json);
  expect(fact).toMatchObject(JSON.parse(json));
  expect(fact && factKey(fact)).toBe(key);
});

test('fields that earlier versions did not write have their defaults', () => {
  const read = (type: string) =>
    STORED.map(({ json }) => parseFact(json)).find((fact) => fact?.type === type);
  expect(read('refused')).toMatchObject({ step: 'price', attempt: 0 });
  expect(read('generated')).toMatchObject({ draft: 0, review: false });
  expect(read('used')).toMatchObject({ step: 'generate', inputTokens: null, images: null });
  expect(read('thread_unreadable')).toMatchObject({ index: 0 });
  expect(read('read_failed')).toMatchObject({ isRefusal: false });
});

test('the samples show every type of fact', () => {
  const types = new Set(STORED.map(({ json }) => parseFact(json)?.type));
  expect([...types].toSorted()).toEqual(FACT_TYPES.toSorted());
});
