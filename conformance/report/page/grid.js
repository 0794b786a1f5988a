// A table of families, files and cases that open and close, with one cell in the tab order: arrows move the focus, as
// in a spreadsheet.

const KEPT_SIGNS = { kept: ['✓', 'pass'], broken: ['✕', 'fail'], unsupported: ['–', 'unsupported'], 'not judged': ['', ''] };

const MOST_ROWS = 400;
const MOST_WIDE_COLUMNS = 12;

class Grid {
  constructor(table, data, { onOpen }) {
    this.table = table;
    this.data = data;
    this.onOpen = onOpen;
    this.at = [0, 0];
    table.addEventListener('keydown', (event) => this.key(event));
    table.addEventListener('click', (event) => this.click(event));
  }

  /** Draw a view: its families, closed, except those that were open. */
  show(view) {
    this.view = view;
    this.head();
    for (const body of [...this.table.tBodies]) body.remove();
    for (const group of view.groups) {
      group.body = make('tbody');
      this.table.append(group.body);
    }
    this.filter();
  }

  head() {
    const head = make('tr', {}, make('th', { scope: 'col', class: 'name' }, this.view.heading));
    this.data.candidates.forEach((candidate, column) => head.append(make('th', { scope: 'col', class: this.of(column), title: candidate.words },
      make('span', {}, ...breakable(candidate.name)))));
    this.table.tHead.replaceChildren(head);
    this.table.style.setProperty('--candidates', this.data.candidates.length);
    this.table.classList.toggle('many', this.data.candidates.length > MOST_WIDE_COLUMNS);
  }

  of(column) { return column === this.view.who() ? 'who' : null; }

  /** Show the rows that are meant, and in the rows of families and files what they amount to. */
  filter() {
    let shown = 0;
    this.head();
    for (const group of this.view.groups) {
      for (const file of group.files) file.visible = file.rows.filter((row) => this.view.meant(row));
      group.visible = group.files.flatMap((file) => file.visible);
      group.body.hidden = group.visible.length === 0;
      shown += group.visible.length;
      this.build(group);
    }
    this.focusable(Math.min(this.at[0], this.lines().length - 1), this.at[1]);
    return shown;
  }

  build(group) {
    if (!group.visible.length) { group.body.replaceChildren(); return; }
    const rows = [this.sumRow('group', group, group)];
    if (group.open) {
      for (const file of group.files) {
        if (file.rows.length === 1) rows.push(...file.visible.map((row) => this.row(row)));
        else if (file.visible.length) {
          rows.push(this.sumRow('file', file, group));
          if (file.open) rows.push(...file.visible.map((row) => this.row(row, true)));
        }
      }
    }
    group.body.replaceChildren(...rows);
  }

  /** A row that opens and closes: of a family, or of a file that has several cases. */
  sumRow(kind, node, group) {
    const arrow = make('span', { class: 'arrow', 'aria-hidden': 'true' });
    const count = make('span', { class: 'of' }, ` ${node.visible.length}${kind === 'file' ? ' cases' : ''}`);
    const name = make('th', { scope: 'row', class: 'name', 'aria-expanded': String(!!node.open) },
      ...(kind === 'group' ? [arrow, make('b', {}, node.name), count] : [arrow, ...this.label(node.visible[0], node.name, count)]));
    const row = make('tr', { class: kind }, name);
    Object.assign(row, { node, group });
    this.data.candidates.forEach((_, column) => row.append(this.sum(kind, node.visible, column)));
    return row;
  }

  /** What several rows amount to: their verdict where it is one, else how many passed. */
  sum(kind, members, column) {
    const cells = members.map((member) => member.cells[column]).filter((cell) => this.view.judged(cell));
    const who = this.of(column) ?? '';
    if (!cells.length) return make('td', { class: `sum ${who}`, 'aria-label': 'nothing judged' });
    const good = cells.filter((cell) => this.view.good(cell)).length;
    const wire = kind === 'file' && members.some((member) => this.view.wire(member, column)) ? ' wire' : '';
    const label = `${good} of ${cells.length} ${this.view.goodWord}`;
    if (kind === 'file' && cells.every((cell) => cell === cells[0])) {
      return make('td', { class: `v ${this.view.colour(cells[0])}${wire} ${who}`.trim(), 'aria-label': `${label}, all ${this.view.word(cells[0])}` }, this.view.sign(cells[0]));
    }
    const rest = cells.filter((cell) => !this.view.good(cell));
    const word = !rest.length ? 'all' : rest.some((cell) => this.view.bad(cell)) ? 'some' : this.view.colour(Math.max(...rest));
    return make('td', { class: `sum ${word}${wire} ${who}`, 'aria-label': label, title: label }, make('b', {}, good), make('span', { class: 'of' }, `/${cells.length}`));
  }

  label(member, name, ...more) {
    return [make('span', { class: 'id' }, name), ...more, make('span', { class: 'level' }, this.data.levels[member.level]),
      make('span', { class: 'title', title: member.title }, member.title)];
  }

  row(member, isCase = false) {
    const name = isCase
      ? make('th', { scope: 'row', class: 'name' }, make('span', { class: 'id' }, make('span', { class: 'vh' }, member.file), member.id.slice(member.file.length)))
      : make('th', { scope: 'row', class: 'name' }, ...this.label(member, member.id));
    const row = make('tr', { class: isCase ? 'member case' : 'member' }, name);
    row.member = member;
    member.cells.forEach((cell, column) => {
      const wire = this.view.wire(member, column);
      const word = `${this.view.word(cell)}${wire ? ', broke a rule of the wire' : ''}`;
      row.append(make('td', { class: ['v', this.view.colour(cell), wire && 'wire', this.of(column)].filter(Boolean).join(' '), 'aria-label': word,
        title: `${this.data.candidates[column].name}: ${word}` }, this.view.sign(cell)));
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

  /** Open what a row is in, and make a cell of it the one in the tab order; a row that is filtered out stays out. */
  reveal(member, column, options) {
    const group = this.view.groups.find((found) => found.name === member.group);
    const file = group?.files.find((found) => found.name === member.file);
    if (!file?.visible.includes(member)) return;
    if (!group.open || (file.rows.length > 1 && !file.open)) {
      group.open = true;
      file.open = true;
      this.build(group);
    }
    this.focusable(this.lines().findIndex((row) => row.member === member), column, options);
  }

  click(event) {
    const cell = event.target.closest('tbody td, tbody th');
    if (!cell) return;
    this.focusable(this.lines().indexOf(cell.parentElement), cell.cellIndex, { focus: true });
    this.enter(cell);
  }

  enter(cell) {
    const row = cell.parentElement;
    if (row.node) this.toggle(row.node, row.group);
    else this.onOpen(row.member, Math.max(0, cell.cellIndex - 1));
  }

  toggle(node, group) {
    node.open = !node.open;
    this.build(group);
    this.focusable(this.lines().findIndex((row) => row.node === node), this.at[1], { focus: true });
  }

  /** Open or close all families; and their files too, where the rows are not so many that a browser would be slow. */
  openAll(open) {
    const few = this.view.groups.reduce((sum, group) => sum + group.visible.length, 0) <= MOST_ROWS;
    for (const group of this.view.groups) {
      group.open = open;
      for (const file of group.files) file.open = open && few;
      this.build(group);
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
  return name.split(/(?=@)|(?<=[:_/])/).flatMap((part, number) => (number ? [make('wbr'), part] : [part]));
}

function groupsOf(rows) {
  return grouped(rows, 'group').map((group) => ({ ...group, files: grouped(group.rows, 'file') }));
}

function scenarioView(data, filters) {
  return {
    heading: 'Scenario', groups: groupsOf(data.scenarios), meant: (row) => filters.meansScenario(row), who: () => filters.now.who,
    goodWord: 'passed', good: (cell) => cell === 0, bad: (cell) => cell === 1 || cell === 2, judged: (cell) => cell !== null,
    colour: (cell) => (cell === null ? 'none' : data.verdicts[cell]),
    sign: (cell) => (cell === null ? '' : SIGNS[cell]),
    word: (cell) => (cell === null ? 'not played' : data.verdicts[cell]),
    wire: (member, column) => data.breaches.has(`${column},${member.place}`),
  };
}

function clauseView(data, filters) {
  return {
    heading: 'Clause', groups: groupsOf(data.clauses), meant: (row) => filters.meansClause(row), who: () => filters.now.who,
    goodWord: 'kept', good: (cell) => data.kept[cell] === 'kept', bad: (cell) => data.kept[cell] === 'broken', judged: (cell) => data.kept[cell] !== 'not judged',
    colour: (cell) => KEPT_SIGNS[data.kept[cell]][1] || 'none',
    sign: (cell) => KEPT_SIGNS[data.kept[cell]][0],
    word: (cell) => data.kept[cell],
    wire: () => false,
  };
}
