// The WebSocket on the wire, byte by byte: what a lawful but unusual service may send, what an unlawful one gets for
// it, and how a connection ends. Runs in Deno, Node and Bun, with the package installed beside it; the service is here.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { Sandbox } from "@deno/sandbox";
import { finish, step } from "./harness.mjs";

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];

/** A frame as a service sends it: not masked. */
function frame(opcode, payload, { last = true, bits = 0, mask = false } = {}) {
  payload = Buffer.from(payload);
  const head = [(last ? 0x80 : 0) | bits | opcode];
  const marked = mask ? 0x80 : 0;
  if (payload.length < 126) head.push(marked | payload.length);
  else if (payload.length < 65536) head.push(marked | 126, payload.length >> 8, payload.length & 255);
  else {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(payload.length));
    head.push(marked | 127, ...length);
  }
  return Buffer.concat([Buffer.from(head), Buffer.from(mask ? [0, 0, 0, 0] : []), payload]);
}

const reply = (id, ok) => JSON.stringify({ jsonrpc: "2.0", id, result: { ok } });

/** A service that upgrades, and hands each frame it gets to `onFrame(frame, send, socket)`. */
async function service(onFrame, { accept = (key) => key } = {}) {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let upgraded = false;
    const send = (...bytes) => socket.write(Buffer.concat(bytes));
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!upgraded) {
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        const key = /^sec-websocket-key: *(.*)$/im.exec(received.subarray(0, end).toString())[1];
        const hash = createHash("sha1").update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            `Sec-WebSocket-Accept: ${accept(hash)}\r\n\r\n`,
        );
        upgraded = true;
        received = received.subarray(end + 4);
      }
      for (let next; (next = take(received)) !== undefined;) {
        received = next.rest;
        const message = next.frame;
        if (message.opcode === TEXT && message.payload.toString() === "ping") send(frame(TEXT, "pong"));
        else onFrame(message, send, socket);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const connect = () =>
    Sandbox.connect({ id: "sbx_ord_r8jzjxedd2z56h0vdbkq", token: "ddo_x", apiEndpoint: url, sandboxEndpoint: url });
  return { connect, close: () => server.close() };
}

/** The first frame of what was received, unmasked. */
function take(bytes) {
  if (bytes.length < 6) return undefined;
  let length = bytes[1] & 127;
  let at = 2;
  if (length === 126) length = bytes.readUInt16BE(2), at = 4;
  else if (length === 127) length = Number(bytes.readBigUInt64BE(2)), at = 10;
  if (bytes.length < at + 4 + length) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const payload = Buffer.from(bytes.subarray(at + 4, at + 4 + length));
  for (let index = 0; index < payload.length; index++) payload[index] ^= mask[index % 4];
  const frame = { opcode: bytes[0] & 15, last: bytes[0] >> 7 === 1, masked: bytes[1] >> 7 === 1, mask: mask.toString("hex"), payload };
  return { frame, rest: bytes.subarray(at + 4 + length) };
}

const request = ({ payload }) => JSON.parse(payload.toString());

/** Connects, runs `body`, and leaves nothing open. */
async function withService(onFrame, body, options) {
  const { connect, close } = await service(onFrame, options);
  try {
    const sandbox = await connect();
    try {
      await body(sandbox);
    } finally {
      await sandbox.close();
    }
  } finally {
    close();
  }
}

const answering = (answer) => (message, send, socket) => {
  if (message.opcode === TEXT) answer(request(message), send, socket);
  if (message.opcode === CLOSE) socket.end(frame(CLOSE, message.payload));
};

await step("a message in parts arrives whole, and a ping between them is answered", async () => {
  let pong;
  await withService((message, send, socket) => {
    if (message.opcode === PONG) pong = message;
    answering(({ id }) => {
      const text = Buffer.from(reply(id, "in täglich parts"));
      // In the middle of a character.
      const middle = text.indexOf(0xc3) + 1;
      send(frame(TEXT, text.subarray(0, middle), { last: false }));
      send(frame(PING, "are you there"));
      send(frame(CONTINUATION, "", { last: false }), frame(CONTINUATION, text.subarray(middle)));
    })(message, send, socket);
  }, async (sandbox) => {
    assert.equal(await sandbox.fs.readTextFile("a"), "in täglich parts");
  });
  assert.equal(pong.payload.toString(), "are you there");
  assert.ok(pong.masked);
});

await step("frames arrive byte by byte, and several at once", async () => {
  await withService(answering(async ({ id }, send) => {
    for (const byte of frame(TEXT, reply(id, "x".repeat(200)))) {
      send(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }), async (sandbox) => {
    assert.equal((await sandbox.fs.readTextFile("a")).length, 200);
  });
  const waiting = [];
  await withService(answering(({ id }, send) => {
    waiting.push(frame(BINARY, reply(id, `answer ${waiting.length}`)));
    if (waiting.length === 3) send(...waiting, frame(PONG, "not asked for"));
  }), async (sandbox) => {
    const answers = await Promise.all(["a", "b", "c"].map((path) => sandbox.fs.readTextFile(path)));
    assert.deepEqual(answers, ["answer 0", "answer 1", "answer 2"]);
  });
});

await step("every form of length, in both directions; every frame sent is masked, each differently", async () => {
  const masks = new Set();
  let sent = 0;
  await withService((message, send, socket) => {
    sent++;
    assert.ok(message.masked && message.last);
    masks.add(message.mask);
    answering(({ id, params, method }) => {
      send(frame(TEXT, reply(id, method === "writeTextFile" ? null : "y".repeat(Number(params.path)))));
    })(message, send, socket);
  }, async (sandbox) => {
    for (const length of [0, 1, 80, 125 - 43, 126 - 43, 1000, 65535 - 43, 65536 - 43, 70_000, 3_000_000]) {
      assert.equal((await sandbox.fs.readTextFile(String(length))).length, length);
    }
    for (const length of [0, 1, 17, 60_000]) await sandbox.fs.writeTextFile("a", "é".repeat(length / 2));
  });
  assert.ok(sent > 10 && masks.size > sent / 2, `${masks.size} masks for ${sent} frames`);
});

await step("the service closes: calls under way fail with its code and words, and it gets an answer", async () => {
  let answer;
  await withService((message, _send, socket) => {
    if (message.opcode === TEXT) socket.write(frame(CLOSE, Buffer.concat([Buffer.from([0x03, 0xe9]), Buffer.from("going away")])));
    if (message.opcode === CLOSE) answer = message.payload;
  }, async (sandbox) => {
    const error = await sandbox.fs.readTextFile("a").then(() => assert.fail("it succeeded"), (error) => error);
    assert.equal(error.name, "ConnectionClosedError");
    assert.equal(error.code, 1001);
    assert.equal(error.reason, "going away");
  });
  for (let waited = 0; answer === undefined && waited < 50; waited++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(answer.readUInt16BE(0), 1001);
});

await step("the connection is cut: calls under way fail, whatever was sent of an answer", async () => {
  for (const start of [Buffer.alloc(0), frame(TEXT, reply(0, "half")).subarray(0, 20)]) {
    await withService((message, _send, socket) => {
      if (message.opcode === TEXT) socket.write(start), socket.destroySoon?.() ?? socket.end();
    }, async (sandbox) => {
      const error = await sandbox.fs.readTextFile("a").then(() => assert.fail("it succeeded"), (error) => error);
      assert.match(error.message, /connection/);
    });
  }
});

for (
  const [what, bytes] of [
    ["a masked frame", frame(TEXT, "{}", { mask: true })],
    ["an extension's bit", frame(TEXT, "{}", { bits: 0x40 })],
    ["an unknown kind of frame", frame(3, "{}")],
    ["a continuation of nothing", frame(CONTINUATION, "{}")],
    ["a message within a message", Buffer.concat([frame(TEXT, "{", { last: false }), frame(TEXT, "}")])],
    ["a ping that is too long", frame(PING, "x".repeat(126))],
    ["a ping in parts", frame(PING, "x", { last: false })],
    ["half a close code", frame(CLOSE, "x")],
    ["a message of 2^62 bytes", Buffer.from([0x81, 127, 0x40, 0, 0, 0, 0, 0, 0, 0])],
    ["text that is not UTF-8", frame(TEXT, Buffer.from([0x22, 0xff, 0x22]))],
  ]
) {
  await step(`${what} ends the connection`, async () => {
    const told = [];
    await withService((message, _send, socket) => {
      if (message.opcode === TEXT) socket.write(bytes);
      if (message.opcode === CLOSE) told.push(message.payload.length >= 2 ? message.payload.readUInt16BE(0) : 1005);
    }, async (sandbox) => {
      const error = await sandbox.fs.readTextFile("a").then(() => assert.fail("it succeeded"), (error) => error);
      assert.match(error.message, /connection|protocol/);
      await assert.rejects(sandbox.fs.readTextFile("a"));
    });
    assert.ok(told.length <= 1, "one close frame at most");
  });
}

await step("a handshake with a wrong key is refused", async () => {
  const { connect, close } = await service(() => {}, { accept: (key) => key.replace(/./, (c) => c === "A" ? "B" : "A") });
  await assert.rejects(connect(), /wrong key/);
  close();
});

finish();
