import { assetUrl } from '../assets.ts';
import { type Html, html } from './html.ts';

/** The frame around the content of every page. */
export interface Frame {
  title: string;
  /** Null if nobody is logged in. */
  operator: string | null;
  /** Without a login the pages are on loopback only, and say so. */
  hasLogin: boolean;
  isReadOnly: boolean;
  /** Whether the page fetches its content again every few seconds. */
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
  <title>${frame.title} · Fulfillment</title>
  <link rel="icon" type="image/svg+xml" href="${assetUrl('icon.svg')}">
  <link rel="stylesheet" href="${assetUrl('admin.css')}">
  ${frame.isLive === true && html`<script src="${assetUrl('live.js')}" defer></script>`}
</head>
<body>
  ${frame.operator !== null && header(frame, frame.operator)}
  <aside aria-label="Notices">
  ${!frame.hasLogin && html`<p class="notice"><strong>No login.</strong> ADMIN_PASSWORD is not set, so these pages are served to this machine only.</p>`}
  ${frame.isReadOnly && html`<p class="notice"><strong>Read-only.</strong> ADMIN_READ_ONLY is set: nothing can be changed from here.</p>`}
  <p class="notice stale" role="status">This page is not up to date: the admin process does not answer.</p>
  </aside>
  ${frame.isLive === true && html`<p id="news" class="for-readers" role="status"></p>`}
  <main>${content}</main>
</body>
</html>`;
  return document.toString();
}

function header(frame: Frame, operator: string): Html {
  return html`<header>
    <a class="name" href="/">Fulfillment</a>
    <nav aria-label="Pages"><a href="/">Orders</a> <a href="/system">System</a> <a href="/queues/">Queues</a></nav>
    <span class="operator">${operator}</span>
    ${frame.hasLogin && html`<form method="post" action="/logout"><button class="quiet">Log out</button></form>`}
  </header>`;
}

/** A page that says what went wrong, and where to continue. */
export function messagePage(frame: Frame, heading: string, message: string, backTo = '/'): string {
  return page(
    frame,
    html`<section class="message"><h1>${heading}</h1><p>${message}</p><p><a href="${backTo}">Back</a></p></section>`,
  );
}
