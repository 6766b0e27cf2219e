import type { MoneyRow } from '@fulfillment/ledger';
import type { Spec } from 'vega';
import { type Html, html, ownMarkup } from '../page/html.ts';

/** The parts of a bar, from below. */
const PARTS = [
  { label: 'Paid out or completed', colour: 'var(--chart-2)', states: ['paid_out', 'completed'] },
  { label: 'In work or in review', colour: 'var(--chart-1)', states: ['in_progress', 'in_review'] },
  {
    label: 'Refunded, disputed or payout failed',
    colour: 'var(--chart-4)',
    states: ['refunded', 'disputed', 'payout_failed'],
  },
] as const;

const WIDTH = 980;
const HEIGHT = 190;
const MICROS_PER_USD = 1_000_000;

/** How many charts are kept: about one for each address of the page. */
const CHARTS_KEPT = 20;

/** Draws the booked amounts of periods as bars. */
export class MoneyCharts {
  readonly #drawn = new Map<string, string>();

  /**
   * A chart with its legend. A chart with the same amounts as before is not drawn again, because
   * drawing takes longer than most queries, and most changes of an order change no amount.
   */
  async draw(rows: readonly MoneyRow[]): Promise<Html> {
    const values = barsOf(rows);
    const key = JSON.stringify(values);
    const svg = this.#drawn.get(key) ?? (await drawBars(values));
    this.#drawn.delete(key);
    this.#drawn.set(key, svg);
    const [oldest] = this.#drawn.keys();
    if (this.#drawn.size > CHARTS_KEPT && oldest !== undefined) this.#drawn.delete(oldest);
    return figure(svg);
  }
}

/** Vega is loaded with the first chart, so that the other pages need none of its memory. */
async function drawBars(values: readonly Bar[]): Promise<string> {
  const { parse, View } = await import('vega');
  const view = new View(parse(barSpec(values)), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

function figure(svg: string): Html {
  return html`<figure class="chart" role="img" tabindex="0" aria-label="Booked amounts over time. The table below has the numbers.">${ownMarkup(svg)}</figure>
    <ul class="legend">${PARTS.map(({ label }, index) => html`<li><span class="part-${index}">${label}</span></li>`)}</ul>`;
}

/** A part of a bar. */
interface Bar {
  period: string | null;
  part: number;
  usd: number;
}

function barsOf(rows: readonly MoneyRow[]): Bar[] {
  return rows.flatMap((row) =>
    PARTS.map(({ states }, part) => ({
      period: row.name,
      part,
      usd: states.reduce((sum, state) => sum + row.byState[state], 0) / MICROS_PER_USD,
    })),
  );
}

function barSpec(values: readonly Bar[]): Spec {
  const axis = {
    labelColor: 'var(--muted)',
    labelFont: 'inherit',
    labelFontSize: 11,
    domain: false,
    ticks: false,
    aria: false,
  };
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: { left: 4, right: 4, top: 6, bottom: 4 },
    autosize: { type: 'fit', contains: 'padding' },
    data: [
      {
        name: 'bars',
        values: [...values],
        transform: [{ type: 'stack', groupby: ['period'], sort: { field: 'part' }, field: 'usd' }],
      },
    ],
    scales: [
      { name: 'x', type: 'band', domain: { data: 'bars', field: 'period' }, range: 'width', padding: 0.25 },
      {
        name: 'y',
        type: 'linear',
        domain: { data: 'bars', field: 'y1' },
        range: 'height',
        nice: true,
        zero: true,
      },
      { name: 'colour', type: 'ordinal', domain: [0, 1, 2], range: PARTS.map(({ colour }) => colour) },
    ],
    axes: [
      { ...axis, orient: 'bottom', scale: 'x', labelOverlap: true, labelPadding: 6 },
      {
        ...axis,
        orient: 'left',
        scale: 'y',
        grid: true,
        gridColor: 'var(--line)',
        tickCount: 4,
        format: '$,.0f',
      },
    ],
    marks: [
      {
        type: 'rect',
        aria: false,
        from: { data: 'bars' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'period' },
            width: { scale: 'x', band: 1 },
            y: { scale: 'y', field: 'y1' },
            y2: { scale: 'y', field: 'y0' },
            fill: { scale: 'colour', field: 'part' },
          },
        },
      },
    ],
  };
}
