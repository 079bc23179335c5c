export { createSpans, noSpans, type Span, type Spans, tracesAddress } from './spans.ts';
