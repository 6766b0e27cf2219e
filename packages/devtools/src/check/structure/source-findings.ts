import {
  type ParamPattern,
  type Program,
  parseSync,
  type Statement,
  type VariableDeclarator,
  Visitor,
} from 'oxc-parser';
import { lineFinder } from '../line-finder.ts';

/** A place in a source file that breaks a rule of structure. */
export interface Finding {
  /** From 1. */
  line: number;
  rule: string;
}

const MOST_LINES = 250;
const MOST_POSITIONAL = 3;
const TEST_FILE = /\.test\.ts$/;
const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/**
 * Finds the places of one source file that break a rule of structure. A test file may be long, and
 * may have variables that its hooks fill.
 */
export function findingsIn(file: string, source: string): Finding[] {
  const lineOf = lineFinder(source);
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) return [{ line: 1, rule: 'cannot be parsed' }];
  const findings: Finding[] = [];
  const report = (node: { start: number }, rule: string) => {
    findings.push({ line: lineOf(node.start), rule });
  };

  if (!TEST_FILE.test(file)) {
    const lines = source.trimEnd().split('\n').length;
    if (lines > MOST_LINES) report(program, `has ${lines} lines, more than ${MOST_LINES}`);
    for (const node of moduleState(program)) report(node, 'holds mutable state in the module');
  }

  const foreign = program.body.filter(isForeignModule);
  const callbacks = new Set<unknown>();
  const checkParameters = (node: { params: readonly ParamPattern[]; start: number }) => {
    const count = node.params.filter((parameter) => !isThis(parameter)).length;
    const isForeign = foreign.some(({ start, end }) => start <= node.start && node.start < end);
    if (count > MOST_POSITIONAL && !isForeign && !callbacks.has(node)) {
      report(node, `takes ${count} positional parameters, more than ${MOST_POSITIONAL}`);
    }
  };
  new Visitor({
    // The called function decides about the parameters of a callback.
    CallExpression({ arguments: values }) {
      for (const value of values) callbacks.add(value);
    },
    FunctionDeclaration: checkParameters,
    FunctionExpression: checkParameters,
    ArrowFunctionExpression: checkParameters,
    TSDeclareFunction: checkParameters,
    TSMethodSignature: checkParameters,
    TSFunctionType: checkParameters,
    TSAnyKeyword: (node) => report(node, 'uses the type any'),
    TSAsExpression({ expression, start }) {
      const inner = expression.type === 'TSAsExpression' ? expression.typeAnnotation.type : null;
      if (inner === 'TSUnknownKeyword') report({ start }, 'casts through unknown');
    },
  }).visit(program);
  return findings;
}

/**
 * Finds the top-level variables that can change: `let`, and empty collections, which are only of
 * use to code that fills them.
 */
function moduleState({ body }: Program): { start: number }[] {
  return body.flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'VariableDeclaration') return [];
    const isVariable = declared.kind === 'let' || declared.kind === 'var';
    return isVariable || declared.declarations.some(isFilledLater) ? [declared] : [];
  });
}

function isFilledLater({ id, init: value }: VariableDeclarator): boolean {
  const type = id.typeAnnotation?.typeAnnotation;
  if (type?.type === 'TSTypeOperator' && type.operator === 'readonly') return false;
  if (value?.type === 'ArrayExpression') return value.elements.length === 0;
  return (
    value?.type === 'NewExpression' &&
    value.callee.type === 'Identifier' &&
    COLLECTIONS.has(value.callee.name) &&
    value.arguments.length === 0
  );
}

/** A library decides about the functions that `declare module` describes. */
function isForeignModule(statement: Statement): boolean {
  return statement.type === 'TSModuleDeclaration' && statement.id.type === 'Literal';
}

function isThis(parameter: ParamPattern): boolean {
  return parameter.type === 'Identifier' && parameter.name === 'this';
}
