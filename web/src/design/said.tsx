/** A sentence of the catalogue in which the figures that matter stand between `**`. Never for names that people typed. */
export function Said({ text }: { readonly text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place in the sentence
  return text.split('**').map((piece, index) => (index % 2 === 1 ? <b key={index}>{piece}</b> : piece));
}
