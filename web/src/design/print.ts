import { useEffect } from 'react';

const scheme = 'data-mantine-color-scheme';

/** Paper is white: a page that is made to be printed is light while it is, whatever its reader prefers. */
export function useLightPrint(): void {
  useEffect(() => {
    const page = document.documentElement;
    let before: string | null = null;
    const begin = () => {
      before = page.getAttribute(scheme);
      page.setAttribute(scheme, 'light');
    };
    const end = () => {
      if (before !== null) page.setAttribute(scheme, before);
    };
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
}
