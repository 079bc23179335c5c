import { SlipwayApiError } from '@slipway/sdk';

/** What the server found wrong in a filter, and where; null for any other error. */
export function mistakeOf(error: Error | null, filter: string) {
  if (!(error instanceof SlipwayApiError) || error.code !== 'filter_not_understood') return null;
  const { at, length, nearest } = error.details;
  const place = typeof at === 'number' ? at : 0;
  const wide = typeof length === 'number' ? length : 0;
  return {
    at: place,
    length: wide,
    message: error.message,
    nearest: Array.isArray(nearest) ? nearest.filter((name) => typeof name === 'string') : [],
    withName: (name: string) => `${filter.slice(0, place)}${name}${filter.slice(place + wide)}`,
  };
}
