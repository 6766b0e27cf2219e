import type { Evidence, OrderEvidence } from './evidence.ts';
import { eachOrder, lastEmptied, type Verdict } from './judge-order.ts';

/** The promises about messages to buyers: the automatic ones, and those of operators. */
export function messagePromises(evidence: Evidence): Verdict[] {
  return [
    eachOrder(evidence, 'no message is sent twice', ({ market }) => twiceWritten(market.messages)),
    eachOrder(evidence, 'each message of an operator reaches its buyer once', (order) =>
      unsent(order, lastEmptied(evidence)),
    ),
  ];
}

function twiceWritten(messages: OrderEvidence['market']['messages']): string[] {
  const ours = messages
    .filter((message) => message.sender_type === 'agent')
    .map((message) => message.content);
  return ours
    .filter((content, index) => ours.indexOf(content) !== index)
    .map((content) => `twice "${content.slice(0, 60)}"`);
}

/** A message that was accepted before Redis lost all data may be lost with it. */
function unsent({ written, market }: OrderEvidence, emptiedAt: number): string[] {
  if (written === null) return [];
  const times = market.messages.filter(({ content }) => content === written.content).length;
  if (times === 1 || (times === 0 && written.at <= emptiedAt)) return [];
  return [`"${written.content}" was sent ${times} times`];
}
