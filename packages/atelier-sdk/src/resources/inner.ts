import { isObject } from '../http/answer.ts';

/**
 * Joins the two forms in which the reference and the marketplace describe one answer: the object
 * itself, and the object within a wrapper (`{ order, deliverables, … }`). The result has the
 * wrapper's fields and the inner object's. If both have a field, the wrapper's value wins. Unknown
 * fields stay. The fields are not checked.
 */
export function withInner<T>(data: unknown, name: string): T {
  const wrapper = isObject(data) ? data : {};
  const inner = wrapper[name];
  return (isObject(inner) ? { ...inner, ...wrapper } : { ...wrapper, [name]: wrapper }) as T;
}
