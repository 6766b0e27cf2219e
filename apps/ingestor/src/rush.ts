/** This many webhooks under way at once are a rush. */
const RUSH = 8;
/** The longest that other work waits for a rush to pass, in ms: a rush that does not end must not stop orders. */
const LONGEST_WAIT_MS = 2000;

/**
 * Webhooks under way in this process. A sender gives up on a slow answer, while reconciling what it told of can wait a moment:
 * in a rush, that work lets the answers go first.
 */
export class Rush {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  /** A webhook came in. @returns what to call once it is answered. */
  begin(): () => void {
    this.#underWay += 1;
    return () => {
      this.#underWay -= 1;
      if (!this.#isOn()) for (const go of this.#waiting.splice(0)) go();
    };
  }

  /** Resolves when few webhooks are under way, or after two seconds. */
  async passed(): Promise<void> {
    if (!this.#isOn()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const enough = setTimeout(resolve, LONGEST_WAIT_MS);
    await promise;
    clearTimeout(enough);
    this.#waiting = this.#waiting.filter((other) => other !== resolve);
  }

  #isOn(): boolean {
    return this.#underWay >= RUSH;
  }
}
