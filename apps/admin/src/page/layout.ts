import { assetUrl } from '../assets.ts';
import { navigation, type Shell, topBar } from '../shell/shell.ts';
import { type Html, html } from './html.ts';
import { icon } from './icon.ts';

/** The frame around the content of every page. */
export interface Frame {
  title: string;
  /** Null for a guest: nobody is logged in. */
  shell: Shell | null;
  /** Without a login the pages are on loopback only, and say so. */
  hasLogin: boolean;
  isReadOnly: boolean;
  /** Whether the page follows what happens without a reload. */
  isLive?: boolean;
}

/** A whole page, ready to send. */
export function page(frame: Frame, content: Html): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <meta name="color-scheme" content="light dark">
  <title>${frame.title} · Fulfillment</title>
  <link rel="icon" type="image/svg+xml" href="${assetUrl('icon.svg')}">
  <link rel="stylesheet" href="${assetUrl('console.css')}">
  ${
    frame.shell !== null &&
    html`<script src="${assetUrl('idiomorph.js')}" defer></script>
  <script type="module" src="${assetUrl('console.js')}"></script>`
  }
</head>
${frame.shell === null ? guestBody(frame, content) : operatorBody(frame, frame.shell, content)}
</html>`;
  return document.toString();
}

function operatorBody(frame: Frame, shell: Shell, content: Html): Html {
  return html`<body class="shell"${frame.isLive === true && html` data-live="/live"`}>
  <a class="skip" href="#content">Skip to the content</a>
  ${topBar(shell, Date.now())}
  ${navigation(shell)}
  <main class="content" id="content" tabindex="-1">
  ${notices(frame)}
  ${content}
  </main>
  <p class="warning stale" role="status">This page is not up to date. <span>The admin process does not answer</span>.</p>
  <p id="news" class="for-readers" role="status"></p>
  ${keyHelp()}
</body>`;
}

function guestBody(frame: Frame, content: Html): Html {
  return html`<body class="guest"><main class="content">${notices(frame)}${content}</main></body>`;
}

function notices({ hasLogin, isReadOnly }: Frame): Html {
  return html`${!hasLogin && html`<p class="warning"><strong>No login.</strong> ADMIN_PASSWORD is not set, so these pages are served to this machine only.</p>`}
  ${isReadOnly && html`<p class="warning"><strong>Read-only.</strong> ADMIN_READ_ONLY is set: nothing can be changed from here.</p>`}`;
}

const KEYS = [
  ['/', 'Search orders'],
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['enter', 'Open the row'],
  ['x', 'Select the row'],
  ['?', 'Show these keys'],
] as const;

function keyHelp(): Html {
  return html`<dialog id="key-help" aria-labelledby="key-help-title">
    <h2 id="key-help-title">Keys</h2>
    <dl>${KEYS.map(([key, purpose]) => html`<dt><kbd>${key}</kbd></dt><dd>${purpose}</dd>`)}</dl>
    <form method="dialog"><button>Close</button></form>
  </dialog>`;
}

/** What went wrong, and the path where the reader can continue. */
interface Message {
  heading: string;
  message: string;
  backTo: string;
}

/** A page that says what went wrong, and where to continue. */
export function messagePage(frame: Frame, { heading, message, backTo }: Message): string {
  return page(
    frame,
    html`<section class="panel"><div class="body">
      <h1>${heading}</h1><p>${message}</p><p><a class="button" href="${backTo}">${icon('chevron-left')} Back</a></p>
    </div></section>`,
  );
}
