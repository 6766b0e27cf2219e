import { followKeys } from './keys.js';
import { followChanges } from './live.js';
import { followSelection } from './selection.js';
import { suggestSearches } from './suggest.js';
import { showLocalTimes } from './times.js';
import { keepTypedText } from './typed-text.js';

document.documentElement.classList.add('has-script');
showLocalTimes(document);
keepTypedText();
followSelection();
suggestSearches();
followKeys();
followChanges();
