import { call, dollars, el, onSubmit } from './dom.js';

const CANCEL = { action: 'cancel', text: 'Cancel order', className: 'quiet' };

/** The hint and the actions of the buyer in each status. */
const CHOICES = {
  pending_quote: { hint: 'The seller will name a price.', buttons: [CANCEL] },
  quoted: (order) => ({
    hint: 'Pay, and the seller begins.',
    buttons: [
      { action: 'pay', text: `Pay ${dollars(order.quoted_price_usd, '')}`, className: 'primary' },
      CANCEL,
    ],
  }),
  paid: { hint: 'Paid. The seller is at work.', buttons: [CANCEL] },
  in_progress: { hint: 'The seller is at work.', buttons: [] },
  revision_requested: { hint: 'The seller works on your feedback.', buttons: [] },
  delivered: {
    hint: 'Review it: approve it, ask for a revision, or dispute it.',
    buttons: [{ action: 'approve', text: 'Approve', className: 'primary' }],
    texts: [
      { action: 'revision', field: 'feedback', label: 'What should change?', text: 'Ask for a revision' },
      { action: 'dispute', field: 'reason', label: 'What is wrong?', text: 'Dispute', className: 'danger' },
    ],
  },
  completed: { hint: 'Completed. Thank you.', buttons: [] },
  disputed: { hint: 'Disputed. The seller may deliver again.', buttons: [] },
  cancelled: { hint: 'Cancelled.', buttons: [] },
};

/** Creates the forms of the buyer's actions in the order's status. */
export function actionForms(order, refresh) {
  const choice = CHOICES[order.status] ?? {
    hint: `The status "${order.status}" is unknown.`,
    buttons: [],
  };
  const { hint, buttons, texts = [] } = typeof choice === 'function' ? choice(order) : choice;
  const act = async (action, body) => {
    await call('POST', `/orders/${order.id}/${action}`, body);
    await refresh();
  };
  const simple = el(
    'form',
    {},
    el('p', {}, hint),
    ...buttons.map(({ action, text, className }) => el('button', { value: action, className }, text)),
    el('p', { className: 'problem', role: 'alert' }),
  );
  onSubmit(simple, (_form, button) => act(button.value));
  return [simple, ...texts.map((choice) => textForm(choice, act))];
}

function textForm({ action, field, label, text, className = '' }, act) {
  const form = el(
    'form',
    {},
    el('label', {}, label, el('textarea', { name: field, rows: 3, required: true })),
    el('button', { className }, text),
    el('p', { className: 'problem', role: 'alert' }),
  );
  onSubmit(form, (data) => act(action, { [field]: data.get(field) }));
  return el('details', {}, el('summary', {}, text), form);
}
