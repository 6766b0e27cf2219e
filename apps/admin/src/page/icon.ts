import { type IconName, iconSvg } from '@fulfillment/console-ui';
import { type Html, ownMarkup } from './html.ts';

/** A decorative icon. The label beside it carries the meaning. */
export function icon(name: IconName): Html {
  return ownMarkup(iconSvg(name));
}
