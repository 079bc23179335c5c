export const graph = {
  leadsTo: (titles: readonly string[]) => `leads to ${titles.join(', ')}`,
  folded: (all: string, shown: string) => `${all} things, drawn as ${shown}; the list below the picture has each of them (Tab reaches it).`,
  together: (amount: string, one: string) => `${amount} like ${one}`,
  inTheList: 'each in the list',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  fit: 'Show all',
};
