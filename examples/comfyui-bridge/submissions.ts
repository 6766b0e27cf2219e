/** The job that the handler posts, with the fields that the workflow needs. */
export interface Job {
  order: { brief: string };
  feedback: string | null;
  note: string | null;
}

/**
 * The workflows that the bridge submitted. The handler posts a job again under the same id if it
 * got no answer. The bridge submits such a job only once.
 */
export class Submissions {
  readonly #submit: (job: Job) => Promise<string>;
  /** The ids of the workflows by job id. */
  readonly #workflows = new Map<string, Promise<string>>();
  /** Job ids by workflow id. */
  readonly #jobs = new Map<string, string>();

  /** @param submit submits a job to ComfyUI, and returns the id of the workflow. */
  constructor(submit: (job: Job) => Promise<string>) {
    this.#submit = submit;
  }

  /** @returns the id of the job's workflow. A failed submission is forgotten. */
  submitOnce(id: string, job: Job): Promise<string> {
    const known = this.#workflows.get(id);
    if (known !== undefined) return known;
    const submitting = this.#submit(job);
    this.#workflows.set(id, submitting);
    submitting.then(
      (workflow) => this.#jobs.set(workflow, id),
      () => this.#workflows.delete(id),
    );
    return submitting;
  }

  /** Forgets a workflow that ComfyUI lost, so that a repeated job is submitted again. */
  forget(workflow: string): void {
    this.#workflows.delete(this.#jobs.get(workflow) ?? '');
    this.#jobs.delete(workflow);
  }
}
