import { type EventFacts, sentenceOf } from './event-words.ts';

type Row = EventFacts & {
  readonly person: string | null;
  readonly cause: number | null;
  readonly request: string | null;
  readonly digest: string;
};

const head = ['number', 'at', 'who', 'kind', 'person', 'type', 'subject', 'what', 'cause', 'request', 'digest', 'before', 'after'] as const;

/** RFC 4180, times in UTC. A text that a spreadsheet would take for a formula is kept a text. */
export function csvOf(events: readonly Row[]): string {
  const lines = events.map((event) => [
    String(event.number),
    new Date(event.at_ms).toISOString(),
    event.caller.name,
    event.caller.kind,
    event.person ?? '',
    event.type,
    event.subject,
    sentenceOf(event),
    event.cause === null ? '' : String(event.cause),
    event.request ?? '',
    event.digest,
    event.before === null || event.before === undefined ? '' : JSON.stringify(event.before),
    event.after === null || event.after === undefined ? '' : JSON.stringify(event.after),
  ]);
  return `${[head, ...lines].map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

function field(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
