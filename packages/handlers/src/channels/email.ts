import { aborted } from '@fulfillment/shared';
import { channelOf, required, wrong } from './channel-options.ts';
import { type AlertChannel, ChannelError } from './message.ts';
import { alertLines, alertTitle } from './message-text.ts';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS. Read it from the environment. */
  smtpUrl: string | undefined;
  from: string;
  to: string | readonly string[];
}

/** How long the mail server may take for each answer, and for the whole message, in ms. */
const WITHIN_MS = 10_000;
const IN_ALL_MS = 40_000;

/** Sends alerts by e-mail, through a mail server. */
export function email({ from, to, ...options }: EmailOptions): AlertChannel {
  return channelOf('email', () => {
    const url = required('smtpUrl', options.smtpUrl);
    if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol))
      throw wrong('smtpUrl', 'is not an address that begins with smtp:// or smtps://');
    const transport = async () => {
      // Only a process that sends mail loads the library.
      const { createTransport } = await import('nodemailer');
      const limits = { connectionTimeout: WITHIN_MS, greetingTimeout: WITHIN_MS, socketTimeout: WITHIN_MS };
      return createTransport({ url, ...limits });
    };
    return {
      protocol: 'email',
      secrets: [url, passwordOf(url)],
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
          const limit = AbortSignal.any([signal, AbortSignal.timeout(IN_ALL_MS)]);
          await Promise.race([sending, aborted(limit)]);
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
  });
}

/** The password as the mail server gets it. A `%` that begins no escape is part of it. */
function passwordOf(url: string): string {
  const { password } = new URL(url);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** The server does not accept the account (RFC 4954). The message is kept until it does. */
const LOGIN_REFUSED = [530, 534, 535];

/** Another reply of 5xx is final (RFC 5321). The text of an error may name the account. */
function meaningOf(error: unknown): ChannelError {
  const { responseCode, code } = Object(error) as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === 'number')
    return new ChannelError(`the mail server answered ${responseCode}`, {
      isTemporary: responseCode < 500 || LOGIN_REFUSED.includes(responseCode),
    });
  const reason = typeof code === 'string' ? code : 'the connection failed';
  return new ChannelError(`the mail server does not answer: ${reason}`, { isTemporary: true });
}
