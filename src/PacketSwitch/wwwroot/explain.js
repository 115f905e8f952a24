// Answers "why?" on a click: how the switch would treat a flow now (POST /v1/explain, which changes nothing), for a virtual service, a real
// server, an event about one, a drop reason, or two addresses that are typed. All text goes into the page as text, never as markup.
'use strict';

const CLIENT = { v4: '198.51.100.10:40000', v6: '[2001:db8:c::10]:40000' };
const endpoint = (address, port) => address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
const json = async (path, options) => {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || `the switch answers ${answer.status}`);
  return body;
};
const ask = flow => json('/v1/explain', {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(flow),
});

// Opens the panel with a title and a text; what `flow` finds is explained below.
async function explain(title, text, flow) {
  const panel = $('detail'), place = $('explanation');
  panel.querySelector('h3').textContent = title;
  panel.querySelector('pre').textContent = text;
  place.replaceChildren();
  if (!panel.open) panel.showModal();
  if (!flow) return;
  place.append(element('p', 'asking the switch', 'soft'));
  const asked = explain.asked = {};
  let shown;
  try {
    const found = await flow();
    shown = found ? explanation(await ask(found)) : [];
  } catch (e) {
    shown = [element('p', e.message, 'bad')];
  }
  // Whoever asked something else meanwhile wants that answer.
  if (explain.asked === asked) place.replaceChildren(...shown);
}

function explanation(report) {
  const table = element('table'), body = element('tbody');
  report.steps.forEach(step => {
    const row = element('tr');
    row.append(element('th', step.step), element('td', step.result, 'result'), element('td', step.text),
      element('td', step.source || '', 'soft'));
    body.append(row);
  });
  table.append(body);
  const verdict = element('p', report.conclusion, `verdict ${report.verdict === 'drop' ? 'bad' : 'good'}`);
  return [element('p', `${report.packet}, at port ${report.port}`, 'soft'), verdict, table,
    element('p', 'running:N is line N of: packetswitch dump', 'soft')];
}

// A client's flow to a virtual service: one of a session that is there, else of a client that never was.
async function toService(virt, service, query) {
  const found = (await json(`/v1/sessions?virt=${virt.id}&dport=${service.port}&limit=1${query || ''}`)).sessions[0];
  const client = found ? endpoint(found.client, found.client_port) : virt.vip.includes(':') ? CLIENT.v6 : CLIENT.v4;
  return { protocol: service.proto, source: client, destination: endpoint(virt.vip, service.port) };
}

// The service that a real server serves; of several the busiest.
const serviceOf = real => status.virts.flatMap(virt => virt.services.map(service => ({ virt, service })))
  .filter(({ service }) => status.groups.some(group => group.id === service.group && group.members.includes(real.id)))
  .sort((a, b) => b.service.sessions - a.service.sessions)[0];

function explainReal(real, title, text) {
  const served = serviceOf(real);
  const now = `${real.name || `real ${real.id}`} ${real.rip}: ${real.state} for ${duration(real.since_s)}, check ${real.check.type} `
    + `${real.check.result} ${real.check.info}`.trim();
  const why = served ? `\na client's flow to virt ${served.virt.id} ${served.virt.name}, as it would go now:` : '\nno virtual service uses it';
  explain(title || `real ${real.id} ${real.name}`, `${text || ''}${now}${why}\nmore: packetswitch real show ${real.id}`,
    served && (() => toService(served.virt, served.service, `&real=${real.id}`)));
}

const explainService = (virt, service, title, text) => explain(
  title || `virt ${virt.id} ${virt.name}`,
  `${text || ''}a client's flow to ${endpoint(virt.vip, service.port)}/${service.proto}, as it would go now:`, () => toService(virt, service));

function explainEvent(event) {
  const title = `${event.kind}${event.object ? `: ${event.object}` : ''}`;
  const text = `${new Date(event.time).toLocaleString('en-GB')}\n${event.message}\n\n`;
  const [, kind, id] = /^(real|virt) (\d+)/.exec(event.object || '') || [];
  const real = kind === 'real' && status && status.reals.find(one => one.id === Number(id));
  const virt = kind === 'virt' && status && status.virts.find(one => one.id === Number(id));
  if (real) explainReal(real, title, text);
  else if (virt && virt.services[0]) explainService(virt, virt.services[0], title, text);
  else explain(title, text);
}

// What a reason means, the last frame that was dropped for it, and what to do; and how a flow of the same addresses would go now. Where no frame
// was observed, of two reasons an example can be asked for.
async function explainReason(reason) {
  try {
    const drop = (await json('/v1/stats?kind=maint')).maint.drops.find(one => one.reason === reason);
    const last = drop.last;
    const frame = last ? `last: ${new Date(last.time).toLocaleString('en-GB')}, ${last.port ? `port ${last.port}` : 'the host'}\n${last.packet}\n${last.why}`
      : 'none of its frames was observed: of many dropped at once 200 a second are looked at';
    const flow = last ? flowOf(last) : example(reason);
    explain(`dropped: ${reason}`, `${drop.meaning}\n\n${number(drop.packets)} frames so far${drop.alteon ? ` (Alteon: ${drop.alteon})` : ''}\n\n`
      + `${frame}\n\nwhat to do: ${drop.advice}${flow ? '\n\na new flow of these addresses, as it would go now:' : ''}`, flow);
  } catch (e) {
    explain(`dropped: ${reason}`, e.message);
  }
}

// The question about a frame that was seen; null where it has no flow.
function flowOf(row) {
  const protocol = row.protocol === 'icmp6' ? 'icmp' : row.protocol, hasPorts = row.source_port && row.destination_port;
  if (protocol !== 'icmp' && !(hasPorts && (protocol === 'tcp' || protocol === 'udp'))) return null;
  const end = (address, port) => protocol === 'icmp' ? address : endpoint(address, port);
  return () => ({
    protocol, source: end(row.source, row.source_port), destination: end(row.destination, row.destination_port), in_port: row.port || null,
  });
}

function example(reason) {
  const virt = status && status.virts.find(one => one.enabled && one.services.length > 0);
  if (!virt) return null;
  const source = virt.vip.includes(':') ? CLIENT.v6 : CLIENT.v4, service = virt.services[0];
  if (reason === 'incorrect-vport') {
    let port = 1;
    while (virt.services.some(one => one.port === port)) port++;
    return () => ({ protocol: 'tcp', source, destination: endpoint(virt.vip, port) });
  }
  const group = status.groups.find(one => one.id === service.group);
  const real = group && status.reals.find(one => group.members.includes(one.id));
  return reason === 'dam-off' && real
    ? () => ({ protocol: service.proto, source, destination: endpoint(real.rip, service.rport) }) : null;
}

$('ask').addEventListener('submit', event => {
  event.preventDefault();
  const form = new FormData($('ask'));
  const flow = { protocol: form.get('protocol'), source: form.get('source').trim(), destination: form.get('destination').trim() };
  explain(`${flow.protocol} ${flow.source} > ${flow.destination}`, 'as the switch would treat it now:', () => flow);
});
