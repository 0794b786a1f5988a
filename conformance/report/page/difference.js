// Expected against got: two texts, with what only one of them has marked.

/** Return the parts of both texts; those with little in common are left unmarked, since then everything differs. */
function compared(expected, got) {
  const [a, b] = [expected, got].map((text) => text.match(/\w+|\s+|[^\w\s]/g) ?? []);
  if (a.length * b.length > 90000) return [[expected], [got]];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const [left, right] = [[], []];
  let [i, j, same] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      if (/\w/.test(a[i])) same += a[i].length;
      left.push([a[i], false]);
      right.push([b[j], false]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) { left.push([a[i], true]); i += 1; }
    else { right.push([b[j], true]); j += 1; }
  }
  const letters = (text) => (text.match(/\w/g) ?? []).length;
  if (same * 2 < Math.max(letters(expected), letters(got))) return [[expected], [got]];
  return [marked(left, 'del'), marked(right, 'ins')];
}

/** Join neighbours of one kind, and blanks between two marked words, and make elements of what is marked. */
function marked(tokens, tag) {
  const parts = [];
  tokens.forEach(([text, only], place) => {
    const bridges = !only && /^\s+$/.test(text) && parts.at(-1)?.[1] && tokens[place + 1]?.[1];
    if (parts.length && parts.at(-1)[1] === (only || bridges)) parts.at(-1)[0] += text;
    else parts.push([text, only]);
  });
  return parts.map(([text, only]) => (only ? make(tag, {}, text) : text));
}

/** One difference: the step, what was expected, what came; apart from it, the place in the candidate that raised it. */
function differenceOf([step, line, expected, got]) {
  const [, words, place] = got.match(/^(.*?)(?: (\(at [^()]*\)))?$/s);
  const [left, right] = compared(expected, words);
  return make('div', { class: 'difference' },
    make('p', {}, make('span', { class: 'at' }, 'at '), make('code', {}, step), line ? make('span', { class: 'at' }, ` line ${line} of the scenario`) : null),
    make('dl', {}, make('dt', {}, 'expected'), make('dd', { class: 'expected' }, ...left),
      make('dt', {}, 'got'), make('dd', { class: 'got' }, ...right, place ? make('span', { class: 'place' }, place) : null)));
}
