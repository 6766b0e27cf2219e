import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A value of a chart: a bar or a point, in a named row or line. */
interface Mark {
  of: string;
  at: string | number;
  value: number;
}

export interface Chart {
  kind: 'bars' | 'lines';
  marks: readonly Mark[];
  /** The meaning of the values, with their unit. */
  values: string;
  /** The meaning of the places. */
  places: string;
}

const WIDTH = 460;
const BAR_HEIGHT = 18;
const LINES_HEIGHT = 240;

/** Draws a chart as SVG. */
export async function draw(chart: Chart, file: string): Promise<void> {
  const spec: TopLevelSpec = chart.kind === 'bars' ? bars(chart) : lines(chart);
  const { spec: compiled } = compile({ ...spec, background: 'white', padding: 12 } as TopLevelSpec);
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${await view.toSVG()}\n`);
  view.finalize();
}

function bars({ marks, values, places }: Chart): TopLevelSpec {
  return {
    width: WIDTH,
    height: { step: BAR_HEIGHT },
    data: { values: [...marks] },
    encoding: {
      y: { field: 'at', type: 'nominal', title: places, sort: null },
      yOffset: { field: 'of', sort: null },
      x: { field: 'value', type: 'quantitative', title: values },
      color: { field: 'of', title: null, sort: null },
    },
    layer: [
      { mark: 'bar' },
      {
        mark: { type: 'text', align: 'left', dx: 4 },
        encoding: { text: { field: 'value', format: '.3~g' }, color: { value: 'black' } },
      },
    ],
  };
}

function lines({ marks, values, places }: Chart): TopLevelSpec {
  return {
    width: WIDTH,
    height: LINES_HEIGHT,
    data: { values: [...marks] },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'at', type: 'quantitative', title: places },
      y: { field: 'value', type: 'quantitative', title: values },
      color: { field: 'of', title: null, sort: null },
    },
  };
}
