// A table of groups that open and close, with one cell in the tab order: arrows move the focus, as in a spreadsheet.

const KEPT_SIGNS = { kept: ['✓', 'pass'], broken: ['✕', 'fail'], unsupported: ['–', 'unsupported'], 'not judged': ['', ''] };

class Grid {
  constructor(table, data, { onOpen }) {
    this.table = table;
    this.data = data;
    this.onOpen = onOpen;
    this.at = [0, 0];
    table.addEventListener('keydown', (event) => this.key(event));
    table.addEventListener('click', (event) => this.click(event));
  }

  /** Draw a view: its groups, closed, except those that were open. */
  show(view) {
    this.view = view;
    const head = make('tr', {}, make('th', { scope: 'col', class: 'name' }, view.heading));
    for (const candidate of this.data.candidates) {
      head.append(make('th', { scope: 'col', title: candidate.words }, make('span', {}, ...breakable(candidate.name))));
    }
    this.table.tHead.replaceChildren(head);
    for (const body of [...this.table.tBodies]) body.remove();
    for (const group of view.groups) {
      group.body = make('tbody');
      group.built = false;
      this.table.append(group.body);
    }
    this.filter();
  }

  /** Show the rows that are meant, and in each group's row what they amount to. */
  filter() {
    let shown = 0;
    for (const group of this.view.groups) {
      group.visible = group.rows.filter((row) => this.view.meant(row));
      group.body.hidden = group.visible.length === 0;
      shown += group.visible.length;
      if (group.built && group.visible.length) this.build(group);
      else { group.built = false; group.body.replaceChildren(); }
      if (group.visible.length && !group.built) this.build(group);
    }
    this.focusable(Math.min(this.at[0], this.lines().length - 1), this.at[1]);
    return shown;
  }

  build(group) {
    const rows = [this.groupRow(group)];
    if (group.open) rows.push(...group.visible.map((row) => this.row(row)));
    group.body.replaceChildren(...rows);
    group.built = true;
  }

  groupRow(group) {
    const name = make('th', { scope: 'row', class: 'name', 'aria-expanded': String(!!group.open) },
      make('span', { class: 'arrow', 'aria-hidden': 'true' }), make('b', {}, group.name), make('span', { class: 'of' }, ` ${group.visible.length}`));
    const row = make('tr', { class: 'group' }, name);
    row.group = group;
    this.data.candidates.forEach((_, column) => {
      const good = group.visible.filter((member) => this.view.good(member.cells[column])).length;
      const judged = group.visible.filter((member) => this.view.judged(member.cells[column])).length;
      const bad = group.visible.some((member) => this.view.bad(member.cells[column]));
      const word = judged === 0 ? '' : good === judged ? 'all' : bad ? 'some' : '';
      const text = judged === 0 ? '' : good === judged ? String(good) : `${good}/${judged}`;
      row.append(make('td', { class: `sum ${word}`, 'aria-label': judged ? `${good} of ${judged} ${this.view.goodWord}` : 'nothing judged' }, text));
    });
    return row;
  }

  row(member) {
    const name = make('th', { scope: 'row', class: 'name' }, make('span', { class: 'id' }, member.id), ' ',
      make('span', { class: 'level' }, this.data.levels[member.level]), make('span', { class: 'title' }, member.title));
    const row = make('tr', { class: 'member' }, name);
    row.member = member;
    member.cells.forEach((cell, column) => {
      const { sign, word, wire } = this.view.sign(member, column, cell);
      row.append(make('td', { class: `v ${this.view.colour(cell)}${wire ? ' wire' : ''}`, 'aria-label': wire ? `${word}, broke a rule of the wire` : word }, sign));
    });
    return row;
  }

  lines() {
    return [...this.table.querySelectorAll('tbody:not([hidden]) tr')];
  }

  focusable(line, column, { focus = false } = {}) {
    const lines = this.lines();
    this.table.querySelector('[tabindex]')?.removeAttribute('tabindex');
    if (!lines.length) return;
    this.at = [Math.max(0, Math.min(line, lines.length - 1)), Math.max(0, Math.min(column, this.data.candidates.length))];
    const cell = lines[this.at[0]].cells[this.at[1]];
    cell.setAttribute('tabindex', '0');
    if (focus) { cell.focus({ preventScroll: true }); cell.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
  }

  click(event) {
    const cell = event.target.closest('tbody td, tbody th');
    if (!cell) return;
    this.focusable(this.lines().indexOf(cell.parentElement), cell.cellIndex, { focus: true });
    this.enter(cell);
  }

  enter(cell) {
    const row = cell.parentElement;
    if (row.group) this.toggle(row.group);
    else this.onOpen(row.member, Math.max(0, cell.cellIndex - 1));
  }

  toggle(group, open = !group.open) {
    group.open = open;
    this.build(group);
    const line = this.lines().findIndex((row) => row.group === group);
    this.focusable(line, this.at[1], { focus: true });
  }

  openAll(open) {
    for (const group of this.view.groups) {
      group.open = open;
      if (group.visible.length) this.build(group);
    }
    this.focusable(0, 0);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [line, column] = this.at;
    const moves = {
      ArrowUp: [line - 1, column], ArrowDown: [line + 1, column], ArrowLeft: [line, column - 1], ArrowRight: [line, column + 1],
      PageUp: [line - 15, column], PageDown: [line + 15, column], Home: [line, 0], End: [line, this.data.candidates.length],
    };
    if (moves[event.key]) this.focusable(...moves[event.key], { focus: true });
    else if (event.key === 'Enter' || event.key === ' ') this.enter(this.lines()[line].cells[column]);
    else return;
    event.preventDefault();
  }
}

/** A name that may be broken where its parts meet, and nowhere else. */
function breakable(name) {
  return name.split(/(?<=[@:_./])/).flatMap((part, number) => (number ? [make('wbr'), part] : [part]));
}

function scenarioView(data, meant) {
  return {
    heading: 'Scenario', groups: grouped(data.scenarios), meant, goodWord: 'passed',
    good: (cell) => cell === 0, bad: (cell) => cell === 1 || cell === 2, judged: (cell) => cell !== null,
    colour: (cell) => (cell === null ? 'none' : data.verdicts[cell]),
    sign: (member, column, cell) => ({
      sign: cell === null ? '' : SIGNS[cell], word: cell === null ? 'not played' : data.verdicts[cell],
      wire: data.breaches.has(`${column},${member.place}`),
    }),
  };
}

function clauseView(data, meant) {
  return {
    heading: 'Clause', groups: grouped(data.clauses), meant, goodWord: 'kept',
    good: (cell) => data.kept[cell] === 'kept', bad: (cell) => data.kept[cell] === 'broken', judged: (cell) => data.kept[cell] !== 'not judged',
    colour: (cell) => KEPT_SIGNS[data.kept[cell]][1] || 'none',
    sign: (_member, _column, cell) => ({ sign: KEPT_SIGNS[data.kept[cell]][0], word: data.kept[cell], wire: false }),
  };
}
