// This module owns nodemailer's SMTPConnection under the calls of Python's smtplib. It knows nothing of the protocol.
//
// nodemailer greets the server while it connects, and it tells replies only where something goes wrong: the rest is
// unsupported, with a reason. It never makes good what nodemailer does otherwise.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";

const require = createRequire(import.meta.url);
const found = require("nodemailer/lib/smtp-connection");
const SMTPConnection = found.default ?? found;
export const version = require("nodemailer/package.json").version;

/** What the client has no counterpart for; the text is the reason. */
export class Unsupported extends Error {}

/** A reply as smtplib returns it: code and text, the text without its codes. */
export class Reply {
  constructor(response) {
    const lines = String(response).split(/\r?\n/).filter((line) => line);
    this.code = Number.parseInt(lines.at(-1) ?? "", 10);
    // nodemailer decodes replies as UTF-8, or as Latin-1 where they are none
    this.octets = Buffer.from(lines.map((line) => line.slice(4)).join("\n"), "utf8");
  }
}

const KINDS = {
  SMTP: {},
  SMTP_SSL: { secure: true },
  LMTP: { lmtp: true },
};
const CONSTRUCTOR = {
  SMTP: ["host", "port", "local_hostname", "timeout", "source_address"],
  SMTP_SSL: ["host", "port", "local_hostname", "keyfile", "certfile", "timeout", "context", "source_address"],
  LMTP: ["host", "port", "local_hostname", "source_address", "timeout"],
};

/** Give positional and named arguments their names. */
export function named(parameters, args, kwargs) {
  if (args.length > parameters.length) throw new Unsupported(`no more than ${parameters.length} arguments`);
  const values = Object.fromEntries(args.map((value, index) => [parameters[index], value]));
  for (const [name, value] of Object.entries(kwargs)) {
    if (!parameters.includes(name)) throw new Unsupported(`nodemailer has no counterpart of the parameter ${name}`);
    values[name] = value;
  }
  return values;
}

export class Client {
  #connection;
  #sender = "";
  #failed = null; // how the call that waits learns of an error between replies
  #error = null; // an error that came while no call waited
  #ehloWasTold = false;

  /** Make a client and connect it. */
  static async open(kind, args, kwargs) {
    if (!KINDS[kind]) throw new Unsupported(`nodemailer has no ${kind}`);
    const given = named(CONSTRUCTOR[kind], args, kwargs);
    if (!given.host) throw new Unsupported("nodemailer has no connection object that connects later");
    const client = new Client({ ...KINDS[kind], ...settings(given, kind) });
    await client.#wait((done) => client.#connection.connect(done));
    return client;
  }

  constructor(options) {
    this.#connection = new SMTPConnection({ ignoreTLS: true, socketCloseTimeout: 0, ...options });
    this.#connection.on("error", (error) => (this.#failed ?? ((late) => (this.#error = late)))(error));
    this.#connection.on("end", () => this.#failed?.(disconnected()));
  }

  /** Do something that calls back; an error event counts as its end. */
  #wait(act) {
    if (this.#error) throw this.#error;
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      act((error, result) => (error ? reject(error) : resolve(result)));
    }).finally(() => (this.#failed = null));
  }

  #lastReply() {
    return new Reply(this.#connection.lastServerResponse);
  }

  ehlo(name) {
    if (name || this.#ehloWasTold) throw new Unsupported("nodemailer greets the server once, while it connects");
    this.#ehloWasTold = true;
    return this.#lastReply();
  }

  async login(user, password) {
    await this.#wait((done) => this.#connection.login({ credentials: { user, pass: password } }, done));
    return this.#lastReply();
  }

  async rset() {
    try {
      await this.#wait((done) => this.#connection.reset(done));
    } catch (error) {
      if (!error.response) throw error; // smtplib returns a refusal, nodemailer raises it
      return new Reply(error.response);
    }
    return this.#lastReply();
  }

  /** Send a message; return the recipients that were refused, each with its reply. */
  async sendmail(from, to, message, ...options) {
    if (options.some((each) => each?.length)) throw new Unsupported("nodemailer chooses the options of MAIL and RCPT itself");
    this.#sender = from;
    const envelope = { from, to: typeof to === "string" ? [to] : [...to] };
    try {
      const sent = await this.#wait((done) => this.#connection.send(envelope, Buffer.from(message), done));
      return refusals(sent.rejectedErrors);
    } catch (error) {
      error.sender = this.#sender;
      throw error;
    }
  }

  async quit() {
    await new Promise((resolve, reject) => {
      if (this.#error) reject(this.#error);
      this.#connection.once("end", resolve);
      this.#connection.quit();
    });
    return this.#lastReply();
  }

  close() {
    this.#connection.close();
  }
}

/** Return refused recipients by address. */
export function refusals(errors) {
  return new Map((errors ?? []).map((error) => [error.recipient, new Reply(error.response)]));
}

function disconnected() {
  return Object.assign(new Error("the connection was lost"), { code: "ECONNECTION" });
}

function settings(given, kind) {
  const options = { host: given.host, port: given.port };
  if (given.host.startsWith("/")) {
    if (kind !== "LMTP") throw new Unsupported("a path is for LMTP");
    options.connection = net.createConnection(given.host);
  } else if (given.host.split(":").length === 2) {
    throw new Unsupported("nodemailer takes no port behind the host");
  }
  if (given.local_hostname) options.name = given.local_hostname;
  if (given.timeout !== undefined && given.timeout !== null) {
    for (const timeout of ["connectionTimeout", "greetingTimeout", "socketTimeout"]) options[timeout] = given.timeout * 1000;
  }
  if (given.source_address) {
    if (given.source_address[1]) throw new Unsupported("nodemailer binds to an address, not to a port");
    options.localAddress = given.source_address[0];
  }
  const tls = given.context ? { ...given.context } : {};
  if (given.certfile) tls.cert = readFileSync(given.certfile);
  if (given.keyfile) tls.key = readFileSync(given.keyfile);
  return { ...options, tls };
}
