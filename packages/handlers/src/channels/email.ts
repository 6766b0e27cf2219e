import { aborted } from '@fulfillment/shared';
import { type AlertChannel, ChannelError } from './message.ts';
import { alertLines, alertTitle } from './message-text.ts';
import { required } from './required.ts';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS. Read it from the environment. */
  smtpUrl: string | undefined;
  from: string;
  to: string | readonly string[];
}

/** How long the mail server may take for each answer, in ms. */
const WITHIN_MS = 10_000;

/** Sends alerts by e-mail, through a mail server. */
export function email({ from, to, ...options }: EmailOptions): AlertChannel {
  const url = required('email', 'smtpUrl', options.smtpUrl);
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol))
    throw new TypeError('email: smtpUrl is not an address that begins with smtp:// or smtps://');
  const transport = async () => {
    // Only a process that sends mail loads the library.
    const { createTransport } = await import('nodemailer');
    const limits = { connectionTimeout: WITHIN_MS, greetingTimeout: WITHIN_MS, socketTimeout: WITHIN_MS };
    return createTransport({ url, ...limits });
  };
  return {
    protocol: 'email',
    secrets: [url, decodeURIComponent(new URL(url).password)],
    async send(message, signal) {
      const mailer = await transport();
      try {
        const sending = mailer.sendMail({
          from,
          to: [to].flat(),
          subject: alertTitle(message),
          text: alertLines(message).join('\n'),
          messageId: `<${message.id}@alerts.invalid>`,
          headers: { 'X-Alert': message.alert },
        });
        await Promise.race([sending, aborted(signal)]);
      } catch (error) {
        throw meaningOf(error);
      } finally {
        mailer.close();
      }
    },
    async check(signal) {
      const mailer = await transport();
      try {
        await Promise.race([mailer.verify(), aborted(signal)]);
      } catch (error) {
        throw meaningOf(error);
      } finally {
        mailer.close();
      }
    },
  };
}

/** A reply of 5xx is final (RFC 5321). The text of an error may name the account. */
function meaningOf(error: unknown): ChannelError {
  const { responseCode, code } = Object(error) as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === 'number')
    return new ChannelError(`the mail server answered ${responseCode}`, { isTemporary: responseCode < 500 });
  const reason = typeof code === 'string' ? code : 'the connection failed';
  return new ChannelError(`the mail server does not answer: ${reason}`, { isTemporary: true });
}
