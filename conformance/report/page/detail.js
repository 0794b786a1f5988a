// The panel of one cell or one clause: what it is about, what differed, what went over the wire, how to run it again.

class Detail {
  constructor(dialog, data, { onClose, onGo, onClause, onStep }) {
    Object.assign(this, { dialog, data, onGo, onClause, onStep });
    dialog.addEventListener('close', onClose);
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  }

  show(bar, ...parts) {
    const close = make('button', { class: 'close', 'aria-label': 'Close' }, '✕');
    close.addEventListener('click', () => this.dialog.close());
    this.dialog.replaceChildren(make('div', { class: 'panel-bar' }, ...bar, close), make('div', { class: 'panel' }, ...parts));
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.focus({ preventScroll: true });
    this.dialog.scrollTop = 0;
  }

  async scenario(member, column) {
    const asked = `${member.place},${column}`;
    this.asked = asked;
    const details = await detailsOf(member.group);
    if (this.asked !== asked) return;
    const cell = details.cells[`${column},${member.place}`];
    const verdict = member.cells[column];
    this.show(
      [verdict === null ? null : this.pill(verdict), make('h2', { id: 'detail-title' }, member.id), this.steps()],
      make('p', { class: 'lead' }, member.title),
      this.facts(member, column, cell),
      this.candidates(member, column),
      ...(cell ? this.outcome(cell, details, verdict) : [make('p', {}, 'This candidate was not judged in this scenario.')]),
      this.clauses(member.clauses),
      ...(cell ? [this.dialogue(cell, details, verdict), this.again(details.texts[cell[5]])] : []),
    );
  }

  /** Buttons for what the keys n and p do. */
  steps() {
    const buttons = [['‹', 'The scenario before (p)', -1], ['›', 'The next scenario (n)', 1]].map(([sign, words, by]) => {
      const button = make('button', { 'aria-label': words, title: words, disabled: !this.onStep(by, { dry: true }) }, sign);
      button.addEventListener('click', () => this.onStep(by));
      return button;
    });
    return make('span', { class: 'steps' }, ...buttons);
  }

  pill(verdict) {
    const word = this.data.verdicts[verdict];
    return make('span', { class: `pill ${word}` }, make('span', { 'aria-hidden': 'true' }, `${SIGNS[verdict]} `), word);
  }

  facts(member, column, cell) {
    const candidate = this.data.candidates[column];
    const told = [make('b', {}, `${candidate.name}: `), candidate.words, ` · ${this.data.levels[member.level]}`,
      ...member.tags.map((tag) => ` · ${this.data.tags[tag]}`), ` · ${member.path}`, cell ? ` · took ${cell[0] < 1000 ? `${cell[0]} ms` : `${(cell[0] / 1000).toFixed(2)} s`}` : null];
    return make('p', { class: 'facts' }, ...told);
  }

  candidates(member, current) {
    if (this.data.candidates.length < 2) return null;
    const list = make('nav', { class: 'candidates', 'aria-label': 'This scenario and other candidates' });
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
    const section = make('section', {}, make('h3', {}, places.length > 1 ? 'The clauses that it judges' : 'The clause that it judges'));
    for (const place of places) {
      const clause = this.data.clauses[place];
      section.append(make('p', { class: 'clause' }, make('span', { class: 'says' }, clause.says), make('small', {}, this.clauseLink(place), ' · ', ...this.sources(clause))));
      for (const [word, text] of [['Erratum: ', clause.erratum], ['Either reading passes: ', clause.either]]) {
        if (text) section.append(make('p', { class: 'aside' }, make('b', {}, word), text));
      }
    }
    return section;
  }

  clauseLink(place) {
    const id = make('button', { class: 'link' }, this.data.clauses[place].id);
    id.addEventListener('click', () => this.onClause(place));
    return id;
  }

  sources(clause) {
    const level = this.data.levels[clause.level];
    if (!clause.sources.length) return [level, ' · CPython 3.8 to 3.13'];
    return [level, ...clause.sources.flatMap(([words, address]) => [' · ', make('a', { href: address, rel: 'noreferrer', target: '_blank' }, words)])];
  }

  outcome([, , , differences, reason], details, verdict) {
    const [differing, breaches] = details.differences[differences];
    const parts = [];
    if (details.texts[reason]) {
      const head = { known: 'Why it is known to fail', unsupported: 'Why it could not be played' }[this.data.verdicts[verdict]] ?? 'What happened';
      const ours = this.data.verdicts[verdict] === 'known';
      parts.push(make('section', {}, make('h3', {}, head), make('pre', { class: ours ? 'reason prose' : 'reason' }, ...(ours ? linked : Array.of)(details.texts[reason]))));
    }
    if (differing.length) {
      parts.push(make('section', { class: 'differences' }, make('h3', {}, 'What differs'), ...differing.map(differenceOf)));
    }
    if (breaches.length) {
      parts.push(make('section', {}, make('h3', {}, 'Broken on the wire, beside what is judged'),
        ...breaches.map(([clause, message, known]) => make('p', { class: 'got breach' }, make('b', {}, this.data.clauses[clause].id), known ? ' (known): ' : ': ', message))));
    }
    return parts;
  }

  dialogue([, dialogue, times, differences], details, verdict) {
    const section = make('section', {}, make('h3', {}, 'Dialogue'));
    const shape = details.dialogues[dialogue];
    if (!shape.length) { section.append(make('p', {}, 'Nothing went over the wire.')); return section; }
    const [differing, breaches] = details.differences[differences];
    const remarks = new Map();
    const remark = (event, words) => { if (shape[event]?.[1]) remarks.set(event, [...(remarks.get(event) ?? []), words]); };
    for (const [, , expected, , event] of differing) remark(event, `expected: ${expected}`);
    for (const [clause, message, , event] of breaches) remark(event, `${this.data.clauses[clause].id}: ${message}`);
    if (differing.length && verdict !== 0 && !remarks.size) {
      section.append(make('p', { class: 'facts' }, 'No line of it is at fault: what differs is what the candidate made of it.'));
    }
    section.append(make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dialogue' }, dialogueOf(shape, details.lines, times, remarks)));
    return section;
  }

  again(command) {
    const code = make('code', {}, command);
    const copy = make('button', {}, 'Copy');
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(command);
        copy.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(code);
        copy.textContent = 'Selected';
      }
    });
    return make('section', {}, make('h3', {}, 'Run it again'), make('div', { class: 'again' }, code, copy));
  }

  clause(row) {
    this.asked = `clause ${row.place}`;
    const parts = [make('p', { class: 'lead' }, row.says), make('p', { class: 'facts' }, ...this.sources(row)), this.keepers(row)];
    for (const [word, text] of [['Erratum: ', row.erratum], ['Either reading passes: ', row.either]]) {
      if (text) parts.push(make('p', { class: 'aside' }, make('b', {}, word), text));
    }
    const judges = row.scenarios.length ? make('div', { class: 'scroll' }, this.judges(row)) : make('p', {}, 'A rule of the wire: it is watched in every scenario.');
    this.show([make('span', { class: 'pill plain' }, 'clause'), make('h2', { id: 'detail-title' }, row.id)],
      ...parts, make('section', {}, make('h3', {}, 'The scenarios that judge it'), judges));
  }

  /** Who keeps a clause, and who does not. */
  keepers(row) {
    const list = make('dl', { class: 'keepers' });
    for (const word of ['kept', 'broken', 'unsupported']) {
      const names = this.data.candidates.filter((_, column) => this.data.kept[row.cells[column]] === word).map((candidate) => candidate.name);
      const [sign, colour] = KEPT_SIGNS[word];
      if (names.length) {
        list.append(make('dt', {}, make('span', { class: `pill ${colour}` }, make('span', { 'aria-hidden': 'true' }, `${sign} `), `${word} by`)), make('dd', {}, names.join(', ')));
      }
    }
    return list;
  }

  judges(row) {
    const heads = this.data.candidates.map((candidate) => make('th', { scope: 'col', title: candidate.words }, ...breakable(candidate.name)));
    const body = make('tbody');
    let before = null;
    for (const scenario of row.scenarios) {
      const again = scenario.file === before && scenario.id !== scenario.file;
      before = scenario.file;
      const line = make('tr', {}, make('th', { scope: 'row' }, make('span', { class: again ? 'vh' : null }, scenario.file), scenario.id.slice(scenario.file.length)));
      scenario.cells.forEach((cell, column) => {
        if (cell === null) { line.append(make('td')); return; }
        const word = this.data.verdicts[cell];
        const words = `${word}: ${this.data.candidates[column].name} in ${scenario.id}`;
        const button = make('button', { class: `sign ${word}`, 'aria-label': words, title: words }, SIGNS[cell]);
        button.addEventListener('click', () => this.onGo(scenario, column));
        line.append(make('td', {}, button));
      });
      body.append(line);
    }
    return make('table', { class: 'scenarios' }, make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Scenario'), ...heads)), body);
  }
}

/** The reasons of a baseline are ours, and may have addresses that can be followed. */
function linked(text) {
  return text.split(/(https:\/\/[^\s)>\]]+)/).map((part, place) => (place % 2 ? make('a', { href: part, rel: 'noreferrer', target: '_blank' }, part) : part));
}
