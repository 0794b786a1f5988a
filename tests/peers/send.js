// Sends one message with nodemailer; what to do comes as JSON in the first argument. Exits with 1 if it fails.
"use strict";
const asked = JSON.parse(process.argv[2]);
const fs = require("node:fs");
const transport = require("nodemailer").createTransport({
  host: "localhost",
  port: asked.port,
  lmtp: asked.lmtp,
  requireTLS: Boolean(asked.ca_file),
  ignoreTLS: !asked.ca_file,
  tls: asked.ca_file ? { ca: fs.readFileSync(asked.ca_file) } : {},
  auth: asked.user ? { user: asked.user, pass: asked.password } : undefined,
  connectionTimeout: 10000,
  greetingTimeout: 10000,
  socketTimeout: 10000,
});
transport.sendMail({ envelope: { from: asked.sender, to: asked.recipients }, raw: asked.message }).then(
  () => process.exit(0),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
