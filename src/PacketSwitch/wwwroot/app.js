// Fills the dashboard from the stream /v1/live: the minutes that have been, then a sample and the status each second, and events as they
// happen. All text of the switch goes into the page as text, never as markup.
'use strict';

const SECONDS = 300;
const COLORS = ['#2563eb', '#16a34a', '#d97706', '#9333ea', '#0891b2', '#db2777', '#65a30d', '#ea580c', '#475569', '#0d9488'];
const $ = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const samples = [];
const events = [];
let status = null;
let drops = []; // Of each drop reason that occurred: the counter, and the last frame that was seen.

const number = value => value >= 1e9 ? (value / 1e9).toFixed(2) + ' G' : value >= 1e6 ? (value / 1e6).toFixed(2) + ' M'
  : value >= 1e4 ? (value / 1e3).toFixed(1) + ' k' : Math.round(value).toLocaleString('en');
const duration = s => s < 60 ? `${s}s` : s < 3600 ? `${Math.floor(s / 60)}m${s % 60}s` : `${Math.floor(s / 3600)}h${Math.floor(s % 3600 / 60)}m`;

// A button that looks like the text it is, so that the keyboard reaches it.
function link(text, run) {
  const made = element('button', text, 'link');
  made.type = 'button';
  made.onclick = run;
  return made;
}

// Children by key: made anew only when the keys change, so that neither focus nor a click gets lost between two seconds.
function list(place, items, keyOf, make, update) {
  const keys = items.map(keyOf).join('|');
  if (place.dataset.keys !== keys) {
    place.dataset.keys = keys;
    place.replaceChildren(...items.map(make));
  }
  items.forEach((item, i) => update(place.children[i], item, i));
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// A chart whose series may change: it is made anew when their names do.
class Chart {
  constructor(id, series, options = {}) {
    this.place = $(id);
    this.series = series;
    this.options = options;
    this.key = null;
  }

  draw() {
    const series = this.series();
    const key = series.map(one => one.label).join('|');
    const times = samples.map(sample => sample.t);
    const raw = series.map(one => samples.map(one.value));
    // Stacked: each line is the sum of itself and those before it; the highest is painted first.
    const order = series.map((_, i) => this.options.stacked ? series.length - 1 - i : i);
    const lines = this.options.stacked
      ? order.map(i => times.map((_, t) => raw.slice(0, i + 1).reduce((sum, row) => sum + row[t], 0))) : raw;
    if (key !== this.key) this.make(series, order, key);
    this.raw = order.map(i => raw[i]);
    this.plot.setData([times, ...lines], false);
    const now = times.length ? times[times.length - 1] : Date.now() / 1000;
    this.plot.batch(() => {
      // The first minutes fill the width: at least one, at most all that is kept.
      const span = Math.min(SECONDS, Math.max(60, now - (times.length ? times[0] : now)));
      this.plot.setScale('x', { min: now - span, max: now });
      const top = Math.max(this.options.least || 1, ...lines.flat().filter(value => value !== null)) * 1.12;
      this.plot.setScale('y', { min: 0, max: top });
    });
  }

  make(series, order, key) {
    if (this.plot) this.plot.destroy();
    this.key = key;
    const axis = { stroke: css('--soft'), grid: { stroke: css('--grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const show = (u, value, index, at) => {
      const row = this.raw && this.raw[index - 1];
      if (!row) return '-';
      const last = at === null || at === undefined ? row.length - 1 : at;
      return last < 0 || row[last] === undefined ? '-' : (this.options.format || number)(row[last]);
    };
    this.plot = new uPlot({
      width: this.place.clientWidth, height: this.options.height || 170,
      cursor: { sync: { key: 'all' }, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [{ ...axis, space: 90, values: (u, ticks) => ticks.map(t => new Date(t * 1000).toLocaleTimeString('en-GB')) }, { ...axis, size: 54, values: (u, ticks) => ticks.map(this.options.format || number) }],
      series: [{ label: 'time', value: (u, t) => t === null ? '' : new Date(t * 1000).toLocaleTimeString('en-GB') }, ...order.map(i => ({
        label: series[i].label, stroke: series[i].color, width: this.options.stacked ? 1 : 2, points: { show: false }, value: show,
        fill: this.options.stacked ? series[i].color + 'd9' : this.options.filled ? series[i].color + '22' : undefined,
      }))],
    }, [[], ...order.map(() => [])], this.place);
  }

  fit() {
    if (this.plot) this.plot.setSize({ width: this.place.clientWidth, height: this.options.height || 170 });
  }
}

const realNames = () => (status ? status.reals : []).map(real => ({ id: real.id, label: real.name || `real ${real.id}` }));
const ofReal = value => () => realNames().map((real, i) => ({
  label: real.label, color: COLORS[i % COLORS.length],
  value: sample => { const found = sample.reals.find(one => one.id === real.id); return found ? value(found) : 0; },
}));
const reasons = new Set();
const charts = [
  new Chart('c-pps', () => [
    { label: 'in', color: COLORS[0], value: sample => sample.in_pps },
    { label: 'out', color: COLORS[1], value: sample => sample.out_pps },
  ], { filled: true, height: 190, least: 10 }),
  new Chart('c-share', ofReal(real => real.pps), { stacked: true, least: 10 }),
  new Chart('c-new', () => [{ label: 'new sessions', color: COLORS[3], value: sample => sample.new_sessions }], { filled: true, least: 5 }),
  new Chart('c-check', ofReal(real => real.ms), { format: value => value.toFixed(value < 10 ? 2 : 0) }),
  new Chart('c-drops', () => {
    const known = [...reasons];
    return (known.length ? known : ['none']).map((reason, i) => ({
      label: reason, color: COLORS[(i + 5) % COLORS.length], value: sample => sample.drops[reason] || 0,
    }));
  }, { stacked: true }),
];

function add(sample) {
  samples.push(sample);
  Object.keys(sample.drops).forEach(reason => reasons.add(reason));
  if (samples.length > SECONDS + 5) samples.shift();
}

function draw() {
  charts.forEach(chart => chart.draw());
  const last = samples[samples.length - 1];
  if (!last) return;
  $('f-in').textContent = `${number(last.in_pps)} pps · ${number(last.in_bps)}b/s`;
  $('f-out').textContent = `${number(last.out_pps)} pps · ${number(last.out_bps)}b/s`;
  $('f-new').textContent = `${number(last.new_sessions)}/s`;
  $('f-drops').textContent = `${number(Object.values(last.drops).reduce((sum, one) => sum + one, 0))}/s`;
  drawReals(last);
  readDrops();
  drawStrip();
}

function drawStatus() {
  document.title = `${status.name || 'PacketSwitch'}${status.problems.length ? ' (!)' : ''}`;
  $('name').textContent = status.name || 'PacketSwitch';
  $('version').textContent = `PacketSwitch ${status.version}`;
  $('f-sessions').textContent = `${number(status.sessions.current)} of ${number(status.sessions.max)}`;
  $('f-up').textContent = duration(status.uptime_s);
  const health = status.problems.length ? ['bad', `${status.problems.length} wrong`] : status.slb ? ['good', 'all well'] : ['warn', 'slb off'];
  $('health').className = `pill ${health[0]}`;
  $('health').textContent = health[1];
  $('problems').replaceChildren(...status.problems.map(text => element('li', text)));
  list($('virts'), status.virts.flatMap(virt => virt.services.map(service => ({ virt, service }))),
    ({ virt, service }) => `${virt.id} ${service.port} ${service.proto} ${virt.name}`,
    ({ virt, service }) => {
      const line = element('div');
      line.append(link(`virt ${virt.id} ${virt.name}`, () => explainService(virt, service)), element('span'));
      return line;
    },
    (line, { virt, service }) => {
      line.children[1].textContent = ` ${virt.vip}:${service.port}/${service.proto}  ${service.metric}  `
        + `${service.state}, ${service.reals_up} of ${service.reals} servers, ${number(service.sessions)} sessions`;
    });
}

function drawReals(last) {
  if (!status) return;
  const all = last.reals.reduce((sum, real) => sum + real.pps, 0);
  list($('reals'), status.reals, real => `${real.id} ${real.name}`, makeReal, (card, real, i) => {
    const now = last.reals.find(one => one.id === real.id) || { pps: 0, new_sessions: 0 };
    const share = all > 0 ? now.pps / all : 0;
    const check = real.check.result ? `${real.check.type} ${real.check.result}${real.check.ms ? ` ${real.check.ms.toFixed(1)} ms` : ''}` : `check ${real.check.type}`;
    card.className = `real ${real.state}`;
    card.querySelector('small').textContent = `${real.rip}:${real.rport}`;
    card.querySelector('.state').textContent = real.state;
    const fill = card.querySelector('i');
    fill.style.width = `${(100 * share).toFixed(1)}%`;
    fill.style.background = COLORS[i % COLORS.length];
    card.querySelector('p').replaceChildren(element('b', `${(100 * share).toFixed(1)} %`), `  ${number(now.pps)} pps · `
      + `${number(real.sessions.current)} sessions · ${number(now.new_sessions)}/s new · ${check}`);
  });
}

function makeReal(real) {
  const card = element('div'), head = element('header'), bar = element('div', undefined, 'bar');
  head.append(link(real.name || `real ${real.id}`), element('small'), element('span', '', 'state'));
  bar.append(element('i'));
  card.append(head, bar, element('p'));
  card.onclick = () => explainReal(status.reals.find(one => one.id === real.id) || real);
  return card;
}

const clock = time => new Date(time).toLocaleTimeString('en-GB');
const drawReasons = () => list($('reasons'), drops, drop => drop.reason, drop => {
  const row = element('tr'), name = element('td');
  name.append(link(drop.reason));
  row.append(name, element('td'), element('td', '', 'soft'), element('td'));
  row.onclick = () => explainReason(drop.reason);
  return row;
}, (row, { packets, last }) => {
  row.children[1].textContent = number(packets);
  row.children[2].textContent = last ? clock(last.time) : '';
  row.children[3].textContent = last ? last.packet : 'none of its frames was observed';
  row.children[3].className = last ? '' : 'soft';
});

// One question at a time, and none while nobody looks.
async function readDrops() {
  if (readDrops.asked || document.hidden) return;
  readDrops.asked = true;
  try {
    drops = (await json('/v1/stats?kind=maint')).maint.drops.filter(drop => drop.packets > 0);
    drawReasons();
  } catch {
    // The stream says that there is no connection.
  }
  readDrops.asked = false;
}

const kindOf = event => /fail|down|lost|drop/.test(event.kind) ? 'bad' : /up|confirm|saved/.test(event.kind) ? 'good'
  : /drain|revert|out|persist/.test(event.kind) ? 'warn' : '';

function drawStrip() {
  const now = Date.now();
  $('strip').replaceChildren(...events.filter(event => now - Date.parse(event.time) < SECONDS * 1000).map(event => {
    const mark = element('i', undefined, kindOf(event));
    mark.style.left = `${(100 - (now - Date.parse(event.time)) / SECONDS / 10).toFixed(2)}%`;
    mark.title = event.message;
    mark.onclick = () => explainEvent(event);
    return mark;
  }));
}

function happened(event) {
  if (events.some(one => one.number === event.number)) return;
  events.push(event);
  if (events.length > 500) events.shift();
  const line = element('li', undefined, kindOf(event));
  const time = element('time', new Date(event.time).toLocaleTimeString('en-GB'));
  line.append(time, link(event.message));
  line.onclick = () => explainEvent(event);
  $('events').prepend(line);
  while ($('events').children.length > 100) $('events').lastChild.remove();
}

const stream = new EventSource('/v1/live');
stream.onopen = () => { $('link').className = 'pill good'; $('link').textContent = 'live'; };
stream.onerror = () => { $('link').className = 'pill off'; $('link').textContent = 'no connection'; };
stream.addEventListener('history', message => { samples.length = 0; JSON.parse(message.data).slice(-SECONDS).forEach(add); });
stream.addEventListener('sample', message => { add(JSON.parse(message.data)); if (status) draw(); });
stream.addEventListener('status', message => {
  const first = !status;
  status = JSON.parse(message.data);
  drawStatus();
  if (first) draw();
});
stream.addEventListener('happened', message => happened(JSON.parse(message.data)));
addEventListener('resize', () => charts.forEach(chart => chart.fit()));
