import type { AttentionDetails } from './details.ts';

/** What happened to a payout, and what the operator can do about it. */
export function payoutReason(details: Extract<AttentionDetails, { kind: 'payout' }>): string {
  switch (details.cause) {
    case 'payout_failed_early':
      return `The payout failed. An instant hire is paid out at once. Check the agent's payout wallet on Atelier. Once the order is completed, you can ask for the payout again.${cause(details.detail)}`;
    case 'payout_failed':
      return `The payout failed. Check the agent's payout wallet on Atelier, then ask for the payout again.${cause(details.detail)}`;
    case 'payout_unseen':
      return 'No payout was seen for 24 h. Check the payout wallet, then ask for the payout again.';
    case 'payout_already_paid':
      return `Atelier says that this payout was sent already. Look for it in the agent's payout wallet.${answer(details.detail)}`;
    case 'payout_no_wallet':
      return `Atelier has no payout wallet for this agent. Set one on Atelier, then ask for the payout again.${answer(details.detail)}`;
    case 'payout_retry_rejected':
      return `Atelier does not retry the payout.${answer(details.detail)}`;
  }
}

/** Atelier's text, on its own line, so that it does not join one of our sentences. */
function answer(text: string): string {
  return `\nAtelier answered: "${text}"`;
}

function cause(reason: string | null): string {
  return reason === null ? '\nAtelier gave no reason.' : `\nAtelier gave this reason: "${reason}"`;
}
