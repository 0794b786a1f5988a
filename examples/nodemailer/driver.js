// A driver for nodemailer's SMTPConnection: JSON lines in, JSON lines out (docs/driver-protocol.md).
//
//   npm install
//   smtp-conformance run --client 'exec:node driver.js'

import { createInterface } from "node:readline";

import { Client, Unsupported, version } from "./client.js";
import { decode, described, encode } from "./forms.js";

// What anything else prints must not reach standard output: there only answers go.
for (const method of ["log", "info", "debug"]) console[method] = console.error;

let objects = new Map();

const METHODS = {
  ehlo: (client, [name]) => client.ehlo(name),
  login: (client, [user, password]) => client.login(user, password),
  rset: (client) => client.rset(),
  sendmail: (client, args) => client.sendmail(...args),
  quit: (client) => client.quit(),
  close: (client) => client.close(),
};

const OPERATIONS = {
  start: ({ protocol }) => {
    if (protocol !== 1) throw new Unsupported("this driver speaks version 1 of the protocol");
    const language = `Node.js ${process.versions.node}`;
    const openssl = `OpenSSL ${process.versions.openssl}`;
    return { started: { protocol: 1, implementation: "nodemailer", version, language, executable: process.execPath, openssl, capabilities: [] } };
  },
  open: async (request) => {
    if (request.watch) throw new Unsupported("this driver cannot watch methods");
    const client = await Client.open(request.class, decode(request.args), decodeAll(request.kwargs));
    objects.set(request.as, client);
    return { returned: { $self: request.as } };
  },
  call: async ({ on, method, args, kwargs }) => {
    const client = objects.get(on);
    if (on === "module" || !METHODS[method]) throw new Unsupported(`nodemailer has no counterpart of ${method}`);
    if (!client) throw new Error(`there is no object ${on}: the step that opens it did not return`);
    if (Object.keys(kwargs).length) throw new Unsupported(`nodemailer has no counterpart of ${Object.keys(kwargs)}`);
    return { returned: encode(await METHODS[method](client, decode(args))) };
  },
  get: ({ names }) => {
    if (names.length) throw new Unsupported(`nodemailer has no counterpart of the attribute ${names[0]}`);
    return { returned: { $dict: [] } };
  },
  close: () => {
    for (const client of objects.values()) client.close();
    objects = new Map();
    return { returned: null };
  },
  stop: () => ({ returned: null }),
};

function decodeAll(kwargs) {
  return Object.fromEntries(Object.entries(kwargs).map(([name, form]) => [name, decode(form)]));
}

async function answer(request) {
  const operation = OPERATIONS[request.op];
  if (!operation) return { unsupported: `this driver has no operation ${request.op}` };
  try {
    return await operation(request);
  } catch (error) {
    return error instanceof Unsupported ? { unsupported: error.message } : { raised: described(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id: request.id, ...(await answer(request)) })}\n`);
  if (request.op === "stop") break;
}
process.exit(0);
