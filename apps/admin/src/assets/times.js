const THIS_YEAR = new Date().getFullYear();
const FORMAT = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };

/** Shows times in the reader's zone. The title of each keeps UTC. */
export function showLocalTimes(root) {
  for (const element of root.querySelectorAll('time[data-local]')) {
    const time = new Date(element.dateTime);
    const year = time.getFullYear() === THIS_YEAR ? {} : { year: 'numeric' };
    element.textContent = time.toLocaleString('en-GB', { ...FORMAT, ...year });
  }
}
