import { useLocalStorage } from '@mantine/hooks';

/** Whether single keys do something (WCAG 2.1.4: they can be turned off). Pages with keys of their own ask too. */
export const useSingleKeys = () => useLocalStorage({ key: 'slipway-single-keys', defaultValue: true });
