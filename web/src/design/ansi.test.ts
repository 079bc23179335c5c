import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piecesOf, plainOf, spansOf } from './ansi.ts';

const esc = String.fromCharCode(27);

test('colours of terminals become inks, and end where they are reset', () => {
  assert.deepEqual(spansOf(`a ${esc}[1;31mred${esc}[0m b ${esc}[38;5;10mgreen${esc}[39m`), [
    { text: 'a ' },
    { text: 'red', bold: true, ink: 'bad' },
    { text: ' b ' },
    { text: 'green', ink: 'good' },
  ]);
});

test('moves of the cursor, titles and colours that we have no ink for leave only the text', () => {
  assert.equal(plainOf(`${esc}[2K${esc}]0;title${String.fromCharCode(7)}x${esc}[38;2;1;2;3my${esc}[48;5;1mz${esc}[1`), 'xyz␛[1');
});

test('markup is text', () => {
  assert.deepEqual(spansOf('<b>&amp;</b>'), [{ text: '<b>&amp;</b>' }]);
});

test('a line that was drawn over is shown as it was left, and other controls are seen', () => {
  assert.equal(plainOf('10 %\r50 %\r100 %\r'), '100 %');
  assert.equal(plainOf(`a${String.fromCharCode(0)}b\tc`), 'a␀b\tc');
});

test('a text is found across a change of colour, whatever its case', () => {
  assert.deepEqual(piecesOf(spansOf(`on${esc}[31mE Tw${esc}[0mo`), 'one t'), [
    { text: 'on', found: true },
    { text: 'E T', ink: 'bad', found: true },
    { text: 'w', ink: 'bad', found: false },
    { text: 'o', found: false },
  ]);
});
