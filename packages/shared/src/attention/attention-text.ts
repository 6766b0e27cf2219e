import { quoted } from '../facts/fields.ts';
import { parseStepKey } from '../jobs/step-key.ts';
import { revisionOf } from '../record/rounds.ts';
import { roundName, sentenceStart, stepNameOf } from '../text/labels.ts';
import type { AttentionDetails, DetailsOf } from './details.ts';
import { payoutReason } from './payout-text.ts';

const HOUR = 3600_000;

/**
 * What happened, and what the operator can do about it. The text may quote the buyer or a handler,
 * so it is untrusted.
 */
export function attentionReason(details: AttentionDetails): string {
  switch (details.kind) {
    case 'failed':
      return details.cause === 'stopped' ? stopped(details) : details.detail;
    case 'declined':
      return declined(details);
    case 'held_round':
      return heldRound(details);
    case 'review':
      return details.cause === 'review' ? waitingDraft(details) : declinedDraft(details);
    case 'dispute': {
      const { detail } = details;
      const why = detail === null ? 'Their reason did not reach us.' : `They say "${detail}".`;
      return `The buyer disputes the order. ${why} Release it to generate and deliver once more, or settle it on Atelier.`;
    }
    case 'payout':
      return payoutReason(details);
    case 'access':
      return details.cause === 'read_denied'
        ? `The order cannot be read: ${details.detail} Reads are retried.`
        : `The order could not be read from the marketplace for over an hour: ${details.detail}`;
    case 'delay':
      return delayed(details);
    case 'status':
      return contradicted(details);
    case 'unread': {
      const { count, detail } = details;
      const wrote = count === 1 ? 'The buyer wrote' : `The buyer wrote ${count} messages, the last one`;
      return `${wrote}: ${quoted(detail)}. Answer on Atelier, or acknowledge the message here.`;
    }
  }
}

type OfKind<K extends AttentionDetails['kind']> = Extract<AttentionDetails, { kind: K }>;

function stopped({ by, stepKey }: DetailsOf<'stopped'>): string {
  return `${sentenceStart(by)} stopped the step "${stepNameOf(stepKey)}". Retry to run it again, or settle the order with the buyer. Output that was finished before is kept, and is not generated again.`;
}

function declined(details: OfKind<'declined'>): string {
  const { handler, detail } = details;
  return details.cause === 'quote_declined'
    ? `Handler "${handler}" declined to quote: ${detail}\nThe marketplace takes no message before payment. Inform the buyer yourself, or wait until the request lapses. Retry to ask the handler again.`
    : `Handler "${handler}" declines the brief: ${detail}\nRelease the order to generate it anyway, retry to ask the handler again, or settle it with the buyer on Atelier.${uninformed(details)}`;
}

function uninformed({ isBuyerUninformed }: { isBuyerUninformed: boolean }): string {
  return isBuyerUninformed ? ' The buyer got an earlier refusal, and gets no message about this one.' : '';
}

function heldRound(details: OfKind<'held_round'>): string {
  switch (details.cause) {
    case 'no_brief':
      return 'The order has no brief. Release it to generate without one.';
    case 'quote_expired': {
      const { lateMs, validHours } = details;
      const late = lateMs < HOUR ? 'less than an hour' : `${Math.floor(lateMs / HOUR)} hours`;
      return `The order was paid ${late} after the quote expired, which was valid for ${validHours} hours. Release it to deliver for that price, or settle it with the buyer on Atelier.`;
    }
    case 'service_unknown': {
      const { serviceId, detail } = details;
      const why =
        serviceId === null
          ? 'The order names neither a service nor a bounty.'
          : `The service ${serviceId} of the order cannot be read: ${detail ?? 'the marketplace does not answer.'}`;
      return `${why} No handler is chosen without it. Release the order to choose a handler by the fields that it has, or settle it on Atelier.`;
    }
    case 'beyond_max_revisions':
      return `Revision ${revisionOf(details.round)} is beyond the ${details.maxRevisions} included in the price. Release it, or answer the buyer.`;
    case 'no_feedback':
      return `The buyer asked for revision ${revisionOf(details.round)}. ${noFeedback(details)} Release it to work from the brief alone.`;
  }
}

function noFeedback({ obstacle, detail }: DetailsOf<'no_feedback'>): string {
  switch (obstacle) {
    case 'not_received':
      return 'No feedback reached us.';
    case 'thread_too_long':
      return 'The thread is longer than the marketplace shows, so an answer cannot be read.';
    case 'not_asked':
      return `The buyer could not be asked: ${detail}.`;
    case 'thread_unreadable':
      return `The thread cannot be read from the marketplace: ${detail}`;
    case 'not_answered':
      return 'The buyer has not answered our question for a week.';
  }
}

function declinedDraft(details: DetailsOf<'draft_declined'>): string {
  const { by, round, detail } = details;
  return `${by} declines to deliver ${roundName(round)}: ${detail}\nSettle it with the buyer on Atelier, or regenerate.${uninformed(details)}`;
}

function waitingDraft(details: DetailsOf<'review'>): string {
  const { handler, round, reviewReason } = details;
  const why =
    reviewReason === null
      ? `Handler "${handler}" generated ${roundName(round)}, and asks you to review it before delivery.`
      : `${sentenceStart(roundName(round))} by handler "${handler}" must be reviewed before delivery: ${reviewReason}.`;
  return `${why}${details.isUrgent ? timeLeft(details) : ''}`;
}

function timeLeft({ minutesToDue, minutesToDelivery }: DetailsOf<'review'>): string {
  const time = minutesToDue <= 0 ? ' It is overdue.' : ` It is due in less than ${minutesToDue} minutes.`;
  const after =
    minutesToDelivery === null
      ? 'It is not delivered without you.'
      : `It is delivered as it is in ${minutesToDelivery} minutes.`;
  return `${time} ${after}`;
}

function delayed(details: OfKind<'delay'>): string {
  switch (details.cause) {
    case 'held_up':
      return `${details.detail} The worker tries again until then.`;
    case 'rate_limited':
      return `The order is due, and the marketplace has rate-limited the step "${nameOf(details)}" (429) since ${utc(details.since)}. It is retried as soon as the limit allows. Does another program use the limit of this address?`;
    case 'put_off':
      return `The order is due, and its step "${nameOf(details)}" still waits: ${details.detail}`;
    case 'late': {
      const why = details.isOutcomeUnknown
        ? 'The outcome of its last call is unknown: the product reads the order until it is certain, and only then calls again.'
        : 'It waits for its turn: another rate limit of the marketplace, the budget or a paused queue may hold it back, see the pages Agents and System.';
      return `The order is past due, and the step "${nameOf(details)}" has not succeeded. ${why}`;
    }
    case 'not_redelivered':
      return `The marketplace has shown our delivery as overwritten since ${utc(details.since)}, and the product has not delivered again yet. It still retries. Check the order on Atelier, and the rate limit on the Agents page.`;
  }
}

function nameOf({ stepKey }: { stepKey: string }): string {
  return parseStepKey(stepKey)?.name ?? stepKey;
}

function utc(time: number): string {
  return new Date(time).toISOString();
}

function contradicted(details: OfKind<'status'>): string {
  switch (details.cause) {
    case 'unknown_status':
      return `The marketplace shows the status "${details.rawStatus}", which this version does not know. Check the order on Atelier.`;
    case 'quote_contradicted':
      return 'We quoted, yet the marketplace still waits for a price. Check the order on Atelier.';
    case 'delivery_contradicted':
      return `We delivered ${roundName(details.round)}, yet the marketplace shows "${details.rawStatus}". Check the order on Atelier.`;
    case 'disputed_again':
      return 'The buyer disputes the order again after we delivered once more. Settle it on Atelier.';
    case 'overwritten':
      return `The marketplace overwrote our delivery ${details.times} times: the order shows "paid" again, and our deliverables are in it. Deliver it on Atelier, or write to the buyer.`;
    case 'completed_undelivered':
      return 'The order is completed, and shows no deliverable. The marketplace takes no delivery any more: settle it with the buyer on Atelier.';
    case 'delivery_unknown':
      return `The order is ${details.status}, this product did not deliver it, and the marketplace does not say whether it has deliverables. Check the order on Atelier.`;
  }
}
