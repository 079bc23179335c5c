/** What programs write to terminals, read as text with a few styles; never as markup. */

export type Ink = 'muted' | 'bad' | 'good' | 'warn' | 'accent' | 'strange';

export interface Span {
  readonly text: string;
  readonly ink?: Ink;
  readonly bold?: boolean;
}

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and moves of the cursor; titles and links; the short ones. */
const sequence = new RegExp(`${esc}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|[@-Z\\\\-_]|$)`, 'g');
const control = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(10)}-${String.fromCharCode(31)}]`,
  'g',
);

/** The eight colours of terminals as meanings of ours. */
const inks: readonly (Ink | undefined)[] = ['muted', 'bad', 'good', 'warn', 'accent', 'strange', 'accent', undefined];

/** Spans of one line. A program that drew over its line (a progress bar) is shown as it left it. */
export function spansOf(line: string): Span[] {
  const shown = line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1);
  const spans: Span[] = [];
  let style: Omit<Span, 'text'> = {};
  let from = 0;
  const push = (text: string) => {
    if (text !== '') spans.push({ ...style, text: visible(text) });
  };
  for (const found of shown.matchAll(sequence)) {
    push(shown.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2] === 'm') style = styled(style, found[1] ?? '');
  }
  push(shown.slice(from));
  return spans;
}

/** The text alone: what is searched, and read by ear. */
export function plainOf(line: string): string {
  // Most lines have neither colours nor controls.
  return new RegExp(control.source).test(line)
    ? spansOf(line)
        .map(({ text }) => text)
        .join('')
    : line;
}

function visible(text: string): string {
  return text.replace(/\r+$/, '').replace(control, (one) => String.fromCharCode(0x2400 + one.charCodeAt(0)));
}

function styled(before: Omit<Span, 'text'>, codes: string): Omit<Span, 'text'> {
  const numbers = codes === '' ? [0] : codes.split(/[;:]/).map(Number);
  let style = before;
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    // Colours of the large palettes: the number of arguments depends on the next code.
    if (code === 38 || code === 48) {
      const wide = numbers[at + 1] === 2;
      if (code === 38 && !wide) style = inked(style, (numbers[at + 2] ?? 16) % 8, (numbers[at + 2] ?? 16) < 16);
      at += wide ? 4 : 2;
    } else style = changed(style, code);
  }
  return style;
}

function changed(style: Omit<Span, 'text'>, code: number): Omit<Span, 'text'> {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, ink: 'muted' };
  if (code === 22) return withoutBold(style);
  if (code === 39) return inked(style, 7, true);
  if (code >= 30 && code <= 37) return inked(style, code - 30, true);
  if (code >= 90 && code <= 97) return inked(style, code - 90, true);
  return style;
}

function inked({ bold }: Omit<Span, 'text'>, color: number, isKnown: boolean): Omit<Span, 'text'> {
  const ink = isKnown ? inks[color] : undefined;
  return { ...(bold ? { bold } : {}), ...(ink ? { ink } : {}) };
}

function withoutBold({ ink }: Omit<Span, 'text'>): Omit<Span, 'text'> {
  return ink ? { ink } : {};
}

export interface Piece extends Span {
  readonly found: boolean;
}

/** Spans cut where a text was found, which may begin in one and end in another. */
export function piecesOf(spans: readonly Span[], find: string): Piece[] {
  if (find === '') return spans.map((span) => ({ ...span, found: false }));
  const marks = foundIn(spans.map(({ text }) => text).join(''), find);
  let at = 0;
  return spans.flatMap((span) => {
    const from = at;
    at += span.text.length;
    const cuts = marks.flat().filter((cut) => cut > from && cut < at);
    return [from, ...cuts].map((start, index) => {
      const end = cuts[index] ?? at;
      return { ...span, text: span.text.slice(start - from, end - from), found: marks.some(([a, b]) => a <= start && end <= b) };
    });
  });
}

function foundIn(text: string, find: string): (readonly [from: number, to: number])[] {
  const [low, wanted] = [text.toLowerCase(), find.toLowerCase()];
  const marks: (readonly [number, number])[] = [];
  // Lower case of some letters is longer: places would not fit, so the line is left unmarked.
  if (low.length !== text.length) return marks;
  for (let from = low.indexOf(wanted); from !== -1; from = low.indexOf(wanted, from + wanted.length))
    marks.push([from, from + wanted.length]);
  return marks;
}
