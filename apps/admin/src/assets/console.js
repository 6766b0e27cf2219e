import { countCharacters } from './counter.js';
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
countCharacters();
suggestSearches();
followKeys();
followChanges();
