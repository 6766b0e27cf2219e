import { followKeys } from './keys.js';
import { followChanges } from './live.js';
import { showLocalTimes } from './times.js';

showLocalTimes(document);
followKeys();
followChanges();
