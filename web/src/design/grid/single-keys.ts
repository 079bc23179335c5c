import { useEffect, useRef } from 'react';

/** Typing is never a command, nor is a key while a dialog or a menu is open. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const field = target.closest('input, textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"], [role="listbox"]');
  return field !== null && !(field instanceof HTMLInputElement && field.type === 'checkbox');
}

/** The reader's choice, which the frame keeps (WCAG 2.1.4). */
const areOff = () => localStorage.getItem('slipway-single-keys') === 'false';
/** G, then a letter, goes to a place: that letter is not ours. */
const chord_ms = 1500;

/** Keys without Ctrl for a whole page. */
export function useSingleKeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const held = useRef(keys);
  useEffect(() => {
    held.current = keys;
  });
  useEffect(() => {
    let chordUntil_ms = 0;
    const press = (event: KeyboardEvent) => {
      const inChord = event.timeStamp < chordUntil_ms;
      chordUntil_ms = event.key === 'g' && !inChord ? event.timeStamp + chord_ms : 0;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (inChord || areOff() || document.querySelector('[role="dialog"]')) return;
      held.current[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.(event);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
