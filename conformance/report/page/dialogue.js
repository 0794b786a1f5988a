// What went over the wire, as a conversation: the client on the left, the server on the right, times beside it.

const SIDES = { S: 'server', C: 'client' };

/** Make the dialogue of a cell; `remarks` are words by the index of the event that they are about. */
function dialogueOf(shape, lines, times, remarks) {
  const body = make('tbody');
  let [now, before, encrypted] = [0, null, false];
  shape.forEach(([place, offending], index) => {
    now += times[index];
    const [kind, text, connection, tls] = lines[place];
    if (connection && connection !== before) body.append(divider(`connection ${connection}`, 'connection'));
    if (connection !== before) encrypted = false;
    if (tls && !encrypted && kind !== '-') body.append(divider('encrypted from here (TLS)', 'tls'));
    encrypted = kind === '-' ? encrypted : !!tls;
    before = connection;
    const who = SIDES[kind] ?? 'event';
    body.append(make('tr', { class: `${who}${offending ? ' offending' : ''}${tls ? ' encrypted' : ''}` },
      make('td', { class: 'time' }, `${(now / 10).toFixed(1)} ms`),
      make('td', { class: 'who' }, kind === '-' ? null : make('abbr', { title: `${who}${tls ? ', encrypted' : ''}` }, kind)),
      make('td', {}, make('div', { class: 'what' }, offending ? make('b', { class: 'flag' }, 'here ') : null, text))));
    for (const remark of remarks.get(index) ?? []) {
      body.append(make('tr', { class: `remark ${who}` }, make('td'), make('td'), make('td', {}, make('div', { class: 'what' }, remark))));
    }
  });
  const head = make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'time'), make('th', { scope: 'col' }, make('span', { class: 'vh' }, 'who')),
    make('th', { scope: 'col' }, make('span', { class: 'lanes' }, make('span', {}, 'C  client'), make('span', {}, 'S  server')))));
  return make('table', { class: 'dialogue' }, head, body);
}

function divider(words, kind) {
  return make('tr', { class: `divider ${kind}` }, make('td'), make('td'), make('td', {}, make('span', {}, words)));
}
