/** It runs, or waits to. */
export const isLive = ({ state }: { readonly state: string }) => state === 'waiting' || state === 'running';
