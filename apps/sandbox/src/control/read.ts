import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { controlBody } from '../api/entrance/bodies.ts';
import { Refusal } from '../market/types.ts';

/** Reads a control call's body. @throws Refusal 400 that describes the problem. */
export function read<S extends z.ZodType>(schema: S, request: FastifyRequest): z.infer<S> {
  return readValue(schema, controlBody(request) ?? {});
}

/** Reads a control call's query. @throws Refusal 400 that describes the problem. */
export function readQuery<S extends z.ZodType>(schema: S, { query }: FastifyRequest): z.infer<S> {
  return readValue(schema, query);
}

function readValue<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}
