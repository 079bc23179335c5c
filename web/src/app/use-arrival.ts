import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** Dialogs give the focus back to where it was; who comes later than this finds it lost. */
const givenBack_ms = 100;

const isDialogOpen = () => document.querySelector('[role="dialog"]') !== null;

/**
 * Keeps the focus of who works by keys. A new page begins at its content, since the link that was pressed is gone or stays behind; and
 * where what had the focus is taken away (a dialog whose action made its own button needless), the content has it. A button that was
 * disabled while it worked has it back.
 */
export function useArrival(content: string): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(path);
  useEffect(() => {
    if (path === last.current) return;
    const isFirst = last.current === undefined;
    last.current = path;
    // Who opened a dialog while the page was still on its way is typing there.
    if (!isFirst && !isDialogOpen()) document.getElementById(content)?.focus({ preventScroll: true });
  }, [path, content]);
  useEffect(() => {
    let held: HTMLElement | null = null;
    let isBenched = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isLost = () => document.activeElement === document.body;
    const onFocus = ({ target }: FocusEvent) => {
      held = target instanceof HTMLElement ? target : null;
      isBenched = false;
    };
    const toContent = () => {
      timer = undefined;
      if (held?.isConnected || !isLost() || isDialogOpen()) return;
      document.getElementById(content)?.focus({ preventScroll: true });
    };
    // Not by `focusout`: what is disabled loses the focus without one.
    const look = () => {
      if (held === null || !isLost()) return;
      if (!held.isConnected) timer ??= setTimeout(toContent, givenBack_ms);
      else if (held.matches(':disabled')) isBenched = true;
      else if (isBenched) held.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(look);
    document.addEventListener('focusin', onFocus);
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    return () => {
      document.removeEventListener('focusin', onFocus);
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [content]);
}
