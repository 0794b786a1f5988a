// The panel of one cell: what the scenario is about, what differed, what went over the wire, how to run it again.

class Detail {
  constructor(dialog, data, { onClose, onGo, onClause }) {
    Object.assign(this, { dialog, data, onGo, onClause });
    dialog.addEventListener('close', onClose);
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  }

  show(...parts) {
    const close = make('button', { class: 'close', 'aria-label': 'Close' }, '✕');
    close.addEventListener('click', () => this.dialog.close());
    this.dialog.replaceChildren(close, ...parts);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
  }

  async scenario(member, column) {
    const asked = `${member.place},${column}`;
    this.asked = asked;
    const details = await detailsOf(member.group);
    if (this.asked !== asked) return;
    const cell = details.cells[`${column},${member.place}`];
    const candidate = this.data.candidates[column];
    const verdict = member.cells[column];
    this.show(
      make('header', {}, verdict === null ? null : this.pill(verdict), make('h2', { id: 'detail-title' }, member.id),
        make('p', { class: 'lead' }, member.title),
        make('p', { class: 'facts' }, `${candidate.name}: ${candidate.words} · ${this.data.levels[member.level]}`
          + `${member.tags.map((tag) => ` · ${this.data.tags[tag]}`).join('')} · ${member.path}`)),
      this.candidates(member, column),
      this.clauses(member.clauses),
      ...(cell ? this.outcome(cell, details) : [make('p', {}, 'This candidate was not judged in this scenario.')]),
    );
  }

  pill(verdict) {
    const word = this.data.verdicts[verdict];
    return make('span', { class: `pill ${word}` }, make('span', { 'aria-hidden': 'true' }, `${SIGNS[verdict]} `), word);
  }

  candidates(member, current) {
    const list = make('nav', { class: 'candidates', 'aria-label': 'This scenario and other candidates' });
    if (this.data.candidates.length < 2) return null;
    member.cells.forEach((cell, column) => {
      if (cell === null) return;
      const word = this.data.verdicts[cell];
      const button = make('button', { class: `pill ${word}`, 'aria-current': column === current ? 'true' : null },
        make('span', { 'aria-hidden': 'true' }, `${SIGNS[cell]} `), this.data.candidates[column].name, make('span', { class: 'vh' }, `: ${word}`));
      button.addEventListener('click', () => this.onGo(member, column));
      list.append(button);
    });
    return list;
  }

  clauses(places) {
    const section = make('section', {}, make('h3', {}, places.length > 1 ? 'Clauses' : 'Clause'));
    for (const place of places) {
      const clause = this.data.clauses[place];
      const id = make('button', { class: 'link' }, clause.id);
      id.addEventListener('click', () => this.onClause(place));
      section.append(make('p', { class: 'clause' }, clause.says, make('br'), make('small', {}, id, ' · ', ...this.sources(clause))));
      for (const [word, text] of [['erratum', clause.erratum], ['either', clause.either]]) {
        if (text) section.append(make('p', { class: 'aside' }, make('b', {}, word === 'either' ? 'Either reading passes: ' : 'Erratum: '), text));
      }
    }
    return section;
  }

  sources(clause) {
    const level = this.data.levels[clause.level];
    if (!clause.sources.length) return [level];
    return [level, ...clause.sources.flatMap(([words, address]) => [' · ', make('a', { href: address, rel: 'noreferrer', target: '_blank' }, words)])];
  }

  outcome([duration, dialogue, times, differences, reason, again], details) {
    const [differing, breaches] = details.differences[differences];
    const parts = [];
    if (details.texts[reason]) parts.push(make('section', {}, make('h3', {}, 'Reason'), make('pre', { class: 'reason' }, details.texts[reason])));
    if (differing.length) {
      parts.push(make('section', { class: 'differences' }, make('h3', {}, 'What differs'), ...differing.map((item) => this.difference(item))));
    }
    for (const [clause, message, known] of breaches) {
      parts.push(make('section', {}, make('h3', {}, known ? 'On the wire, known' : 'On the wire, beside it'), make('p', { class: 'got' }, `${clause}: ${message}`)));
    }
    parts.push(this.dialogue(details, dialogue, times));
    const copy = make('button', {}, 'Copy');
    copy.addEventListener('click', async () => {
      await navigator.clipboard?.writeText(details.texts[again]);
      copy.textContent = 'Copied';
    });
    parts.push(make('section', {}, make('h3', {}, 'Run it again'), make('div', { class: 'again' }, make('code', {}, details.texts[again]), copy),
      make('p', { class: 'facts' }, `It took ${duration} ms.`)));
    return parts;
  }

  difference([step, line, expected, got]) {
    const [left, right] = compared(expected, got);
    return make('div', { class: 'difference' }, make('p', {}, 'at ', make('code', {}, step), line ? ` (line ${line} of the scenario)` : ''),
      make('dl', {}, make('dt', {}, 'expected'), make('dd', { class: 'expected' }, ...left), make('dt', {}, 'got'), make('dd', { class: 'got' }, ...right)));
  }

  dialogue(details, number, times) {
    const shape = details.dialogues[number];
    if (!shape.length) return make('section', {}, make('h3', {}, 'Dialogue'), make('p', {}, 'Nothing went over the wire.'));
    const table = make('table', { class: 'dialogue' }, make('thead', { class: 'vh' }, make('tr', {},
      ...['time', 'who', 'what'].map((head) => make('th', { scope: 'col' }, head)))));
    const body = make('tbody');
    let now = 0;
    shape.forEach(([place, marked], index) => {
      now += times[index];
      const [kind, text, connection, encrypted] = details.lines[place];
      const who = { S: ['S', 'server'], C: ['C', 'client'] }[kind] ?? ['', 'note'];
      body.append(make('tr', { class: `${who[1]}${marked ? ' offending' : ''}` }, make('td', { class: 'time' }, `${(now / 10).toFixed(1)} ms`),
        make('td', { class: 'who' }, connection ? make('span', { class: 'of' }, `[${connection}]`) : null, make('abbr', { title: who[1] }, who[0]),
          encrypted ? make('span', { class: 'lock', title: 'encrypted' }, 'TLS') : null),
        make('td', { class: 'what' }, marked ? make('b', { class: 'flag' }, 'here ') : null, text)));
    });
    table.append(body);
    return make('section', {}, make('h3', {}, 'Dialogue'), make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dialogue' }, table));
  }

  clause(row) {
    this.asked = `clause ${row.place}`;
    const list = make('table', { class: 'scenarios' }, make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Scenario'),
      ...this.data.candidates.map((candidate) => make('th', { scope: 'col' }, candidate.name)))));
    const body = make('tbody');
    for (const scenario of row.scenarios) {
      const line = make('tr', {}, make('th', { scope: 'row' }, scenario.id));
      scenario.cells.forEach((cell, column) => {
        if (cell === null) { line.append(make('td')); return; }
        const word = this.data.verdicts[cell];
        const button = make('button', { class: `pill ${word}`, 'aria-label': `${word}: ${this.data.candidates[column].name} in ${scenario.id}` }, SIGNS[cell]);
        button.addEventListener('click', () => this.onGo(scenario, column));
        line.append(make('td', {}, button));
      });
      body.append(line);
    }
    list.append(body);
    const verdicts = row.cells.map((cell, column) => [this.data.kept[cell], this.data.candidates[column].name]);
    const told = ['kept', 'broken', 'unsupported'].map((word) => [word, verdicts.filter(([found]) => found === word).map(([, name]) => name)])
      .filter(([, names]) => names.length).map(([word, names]) => make('p', {}, make('b', {}, `${word} by `), names.join(', ')));
    this.show(make('header', {}, make('h2', { id: 'detail-title' }, row.id), make('p', { class: 'lead' }, row.says),
      make('p', { class: 'facts' }, ...this.sources(row))), ...told,
      row.scenarios.length ? make('div', { class: 'scroll' }, list) : make('p', {}, 'A rule of the wire: it is watched in every scenario.'));
  }
}

/** Mark in two texts the words that only one of them has; texts with little in common are left as they are. */
function compared(expected, got) {
  const [a, b] = [expected, got].map((text) => text.match(/\w+|\s+|[^\w\s]/g) ?? []);
  if (a.length * b.length > 90000) return [[expected], [got]];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  if (common[0][0] * 2 < Math.min(a.length, b.length)) return [[expected], [got]];
  const [left, right] = [[], []];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { left.push(a[i]); right.push(b[j]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) { left.push(make('del', {}, a[i])); i += 1; }
    else { right.push(make('ins', {}, b[j])); j += 1; }
  }
  return [left, right];
}
