// This module owns the JSON forms of values and exceptions, as docs/driver-protocol.md describes them.

import { readFileSync } from "node:fs";

import { Reply, Unsupported, refusals } from "./client.js";

const DECODERS = {
  $bytes: (form) => Buffer.from(form, "base64"),
  $tuple: (form) => form.map(decode),
  $set: (form) => form.map(decode),
  $dict: (form) => Object.fromEntries(form.map(([key, value]) => [decode(key), decode(value)])),
  $iterator: (form) => form.map(decode),
  $repeat: ({ value, times }) => {
    const decoded = decode(value);
    return typeof decoded === "string" ? decoded.repeat(times) : Buffer.concat(Array(times).fill(decoded));
  },
  $context: tlsOptions,
};

/** Return the value of a form. */
export function decode(form) {
  if (Array.isArray(form)) return form.map(decode);
  if (form === null || typeof form !== "object") return form;
  const key = Object.keys(form)[0];
  if (!DECODERS[key]) throw new Unsupported(`this driver has no value form ${key}`);
  return DECODERS[key](form[key]);
}

function tlsOptions(form) {
  const options = { rejectUnauthorized: form.verify };
  // An empty list trusts nobody; without the option Node would trust its own list.
  if (form.verify) options.ca = form.ca_file ? readFileSync(form.ca_file) : [];
  if (!form.check_hostname) options.checkServerIdentity = () => undefined;
  if (form.certificate_file) {
    options.cert = readFileSync(form.certificate_file);
    options.key = readFileSync(form.key_file ?? form.certificate_file);
  }
  return options;
}

/** Return the form of a value. */
export function encode(value) {
  if (value === undefined || value === null) return null;
  if (value instanceof Reply) return { $tuple: [value.code, encode(value.octets)] };
  if (Buffer.isBuffer(value)) return { $bytes: value.toString("base64") };
  if (value instanceof Map) return { $dict: [...value].map(([key, item]) => [encode(key), encode(item)]) };
  if (["string", "number", "boolean"].includes(typeof value)) return value;
  return { $object: { type: value.constructor.name, bases: [], repr: String(value) } };
}

// The names by which a Python program would catch it, from the most special to OSError.
const BASES = {
  SMTPException: ["SMTPException", "OSError"],
  SMTPServerDisconnected: ["SMTPServerDisconnected", "SMTPException", "OSError"],
  SMTPRecipientsRefused: ["SMTPRecipientsRefused", "SMTPException", "OSError"],
  TimeoutError: ["TimeoutError", "socket.timeout", "OSError"],
  ConnectionRefusedError: ["ConnectionRefusedError", "ConnectionError", "OSError"],
  "socket.gaierror": ["socket.gaierror", "OSError"],
  "ssl.SSLError": ["ssl.SSLError", "OSError"],
};
const ANSWERED = { "MAIL FROM": "SMTPSenderRefused", DATA: "SMTPDataError", EHLO: "SMTPHeloError", HELO: "SMTPHeloError", LHLO: "SMTPHeloError", CONN: "SMTPConnectError" };
const UNANSWERED = { ETIMEDOUT: "TimeoutError", EDNS: "socket.gaierror", ETLS: "ssl.SSLError", ECONNECTION: "SMTPServerDisconnected", ESOCKET: "SMTPServerDisconnected" };

/** Return the form of an error. */
export function described(error) {
  const name = nameOf(error);
  const bases = BASES[name] ?? [name, "SMTPResponseException", "SMTPException", "OSError"];
  return { class: name, module: "nodemailer", instance_of: [...bases, "Exception"], attributes: attributesOf(error, name), text: String(error.message ?? error) };
}

function nameOf(error) {
  if (error.rejectedErrors?.length) return "SMTPRecipientsRefused";
  if (error.responseCode) {
    if (error.code === "EAUTH") return "SMTPAuthenticationError";
    return ANSWERED[error.command] ?? (error.code === "EMESSAGE" ? "SMTPDataError" : "SMTPResponseException");
  }
  if (/ECONNREFUSED/.test(error.message)) return "ConnectionRefusedError";
  if (/certificate|SSL|TLS/.test(error.message)) return "ssl.SSLError";
  return UNANSWERED[error.code] ?? "SMTPException";
}

function attributesOf(error, name) {
  if (name === "SMTPRecipientsRefused") return { recipients: encode(refusals(error.rejectedErrors)) };
  if (!error.responseCode) return {};
  const reply = new Reply(error.response);
  const attributes = { smtp_code: reply.code, smtp_error: encode(reply.octets) };
  return name === "SMTPSenderRefused" ? { ...attributes, sender: encode(error.sender) } : attributes;
}
