'use strict'

// Scenarios of the npm package mqtt (mqtt.js) against a broker.
//
// usage: node mqttjs.js --mqtt FOLDER --url URL --version 4|5 [--ca FILE] SCENARIO      FOLDER holds the package.
// Exit code 0: it went as it should. Otherwise what did not is on the standard error stream.

const assert = require('assert')
const fs = require('fs')

const options = {}
const words = process.argv.slice(2)
while (words[0].startsWith('--')) options[words.shift().slice(2)] = words.shift()
const scenario = words[0]
const mqtt = require(options.mqtt)
const version = Number(options.version)
const isV5 = version === 5
const limit = 15000
const clients = []

const session = isV5 ? { clean: false, properties: { sessionExpiryInterval: 300 } } : { clean: false }

async function connect (more = {}) {
  const client = await mqtt.connectAsync(options.url, {
    protocolVersion: version,
    reconnectPeriod: 0,
    connectTimeout: limit,
    ca: options.ca ? fs.readFileSync(options.ca) : undefined,
    ...more
  })
  clients.push(client)
  inbox(client)
  return client
}

// Messages, in the order in which they came, to be taken one by one.
function inbox (client) {
  const waiting = []
  const come = []
  client.on('message', (topic, payload, packet) => {
    const message = { topic, text: payload.toString(), packet }
    waiting.length > 0 ? waiting.shift()(message) : come.push(message)
  })
  client.on('error', (error) => { throw error })
  client.next = () => within(new Promise((resolve) => come.length > 0 ? resolve(come.shift()) : waiting.push(resolve)), 'a message')
}

function within (promise, what) {
  let timer
  const late = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error(`Not within ${limit} ms: ${what}.`)), limit) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

async function subscribe (client, filter, more) {
  const granted = await client.subscribeAsync(filter, more)
  for (const one of granted) assert.strictEqual(one.qos, more.qos, `granted ${JSON.stringify(one)}`)
}

const own = `${version}-${process.pid}`

const scenarios = {
  // What is subscribed to comes, in its order, and nothing else; until it is unsubscribed.
  async exchange () {
    const client = await connect()
    await subscribe(client, [`${own}/site/+/alarm`, `${own}/home/#`], { qos: 1 })
    await client.publishAsync(`${own}/site/a/other`, 'no', { qos: 1 })
    await client.publishAsync(`${own}/site/a/alarm`, 'yes', { qos: 1 })
    await client.publishAsync(`${own}/home/x/y`, 'deep', { qos: 0 })
    assert.strictEqual((await client.next()).text, 'yes')
    assert.strictEqual((await client.next()).text, 'deep')
    await client.unsubscribeAsync(`${own}/home/#`)
    await client.publishAsync(`${own}/home/x/z`, 'gone', { qos: 1 })
    await client.publishAsync(`${own}/site/b/alarm`, 'again', { qos: 1 })
    assert.strictEqual((await client.next()).text, 'again')
  },

  async reading () {
    const client = await connect()
    await client.publishAsync(`dt/devices/js-${options.version}/telemetry`, '{"temperature": 21.5}', { qos: 1 })
  },

  async large () {
    const client = await connect()
    const payload = 'x'.repeat(200000)
    await subscribe(client, `${own}/large`, { qos: 1 })
    await client.publishAsync(`${own}/large`, payload, { qos: 1 })
    assert.strictEqual((await client.next()).text, payload)
  },

  async retained () {
    const publisher = await connect()
    await publisher.publishAsync(`${own}/state/door`, 'open', { qos: 1, retain: true })
    const first = await connect()
    await subscribe(first, `${own}/state/#`, { qos: 1 })
    const greeting = await first.next()
    assert.deepStrictEqual([greeting.text, greeting.packet.retain], ['open', true])
    await publisher.publishAsync(`${own}/state/door`, '', { qos: 1, retain: true })
    await publisher.publishAsync(`${own}/state/window`, 'shut', { qos: 1, retain: true })
    const second = await connect()
    await subscribe(second, `${own}/state/#`, { qos: 1 })
    assert.strictEqual((await second.next()).topic, `${own}/state/window`)
  },

  async will () {
    const watcher = await connect()
    await subscribe(watcher, `${own}/wills`, { qos: 1 })
    const doomed = await connect({ will: { topic: `${own}/wills`, payload: Buffer.from('gone'), qos: 1, retain: false } })
    doomed.removeAllListeners('error')
    doomed.on('error', () => {})
    doomed.stream.destroy()
    assert.strictEqual((await watcher.next()).text, 'gone')
  },

  // 5.0: a request carries where to answer and what it is about.
  async request () {
    const responder = await connect()
    await subscribe(responder, `${own}/requests`, { qos: 1 })
    const requester = await connect()
    await subscribe(requester, `${own}/answers`, { qos: 1 })
    await requester.publishAsync(`${own}/requests`, 'how warm?', {
      qos: 1,
      properties: {
        responseTopic: `${own}/answers`,
        correlationData: Buffer.from('c-1'),
        contentType: 'text/plain',
        payloadFormatIndicator: true,
        userProperties: { site: ['a', 'b'] }
      }
    })
    const { responseTopic, correlationData, contentType, payloadFormatIndicator, userProperties } = (await responder.next()).packet.properties
    assert.deepStrictEqual([contentType, payloadFormatIndicator, { ...userProperties }], ['text/plain', true, { site: ['a', 'b'] }])
    await responder.publishAsync(responseTopic, '21.5', { qos: 1, properties: { correlationData } })
    const answer = await requester.next()
    assert.deepStrictEqual([answer.text, answer.packet.properties.correlationData.toString()], ['21.5', 'c-1'])
  },

  // 5.0: the client is told the id that it was given.
  async assigned () {
    const client = mqtt.connect(options.url, { protocolVersion: 5, reconnectPeriod: 0, clientId: '', clean: true, ca: options.ca ? fs.readFileSync(options.ca) : undefined })
    clients.push(client)
    const connack = await within(new Promise((resolve, reject) => { client.on('connect', resolve); client.on('error', reject) }), 'CONNACK')
    assert.ok(connack.properties.assignedClientIdentifier.length > 0)
  },

  async identifiers () {
    const client = await connect()
    await client.subscribeAsync(`${own}/id`, { qos: 1, properties: { subscriptionIdentifier: 42 } })
    await client.publishAsync(`${own}/id`, 'm', { qos: 1 })
    assert.strictEqual((await client.next()).packet.properties.subscriptionIdentifier, 42)
  },

  // --- What needs the whole protocol

  async once () {
    const count = 200
    const client = await connect()
    await subscribe(client, `${own}/once`, { qos: 2 })
    // mqtt.js does not heed a broker's receive maximum: no more at a time than any broker takes.
    for (let n = 0; n < count; n += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, i) => client.publishAsync(`${own}/once`, `${n + i}`, { qos: 2 })))
    }
    for (let n = 0; n < count; n++) {
      const message = await client.next()
      assert.deepStrictEqual([message.text, message.packet.qos], [`${n}`, 2])
    }
    await client.publishAsync(`${own}/once`, 'end', { qos: 2 })
    assert.strictEqual((await client.next()).text, 'end')
  },

  async session () {
    const first = await connect({ ...session, clientId: `${own}-away` })
    await subscribe(first, `${own}/away`, { qos: 2 })
    await first.endAsync()
    const publisher = await connect()
    await publisher.publishAsync(`${own}/away`, 'one', { qos: 1 })
    await publisher.publishAsync(`${own}/away`, 'two', { qos: 2 })
    const second = mqtt.connect(options.url, {
      protocolVersion: version, reconnectPeriod: 0, clientId: `${own}-away`, ca: options.ca ? fs.readFileSync(options.ca) : undefined, ...session
    })
    clients.push(second)
    inbox(second)
    const connack = await within(new Promise((resolve, reject) => { second.on('connect', resolve); second.on('error', reject) }), 'CONNACK')
    assert.strictEqual(connack.sessionPresent, true)
    const one = await second.next()
    const two = await second.next()
    assert.deepStrictEqual([one.text, one.packet.qos, two.text, two.packet.qos], ['one', 1, 'two', 2])
  },

  // 5.0: topics are sent in full once.
  async alias () {
    const receiver = await connect({ properties: { topicAliasMaximum: 5 } })
    await subscribe(receiver, `${own}/alias/#`, { qos: 1 })
    const sender = await connect({ autoUseTopicAlias: true, autoAssignTopicAlias: true })
    assert.ok(sender.topicAliasSend, 'the broker takes no topic alias')
    for (let n = 0; n < 6; n++) await sender.publishAsync(`${own}/alias/${n % 2}`, `${n}`, { qos: 1 })
    for (let n = 0; n < 6; n++) {
      const message = await receiver.next()
      assert.deepStrictEqual([message.topic, message.text], [`${own}/alias/${n % 2}`, `${n}`])
      assert.ok(message.packet.properties?.topicAlias > 0, 'the broker uses no topic alias')
    }
  },

  async shared () {
    const count = 40
    const workers = [await connect(), await connect()]
    const done = [0, 0]
    for (let w = 0; w < 2; w++) {
      await subscribe(workers[w], `$share/workers/${own}/jobs`, { qos: 1 })
      workers[w].on('message', () => { done[w]++ })
    }
    const sender = await connect()
    for (let n = 0; n < count; n++) await sender.publishAsync(`${own}/jobs`, `${n}`, { qos: 1 })
    const end = Date.now() + limit
    while (done[0] + done[1] < count && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
    assert.strictEqual(done[0] + done[1], count)
    assert.ok(done[0] > 0 && done[1] > 0, `divided ${done}`)
  },

  async delayedwill () {
    const watcher = await connect()
    await subscribe(watcher, `${own}/wills`, { qos: 2 })
    const doomed = await connect({
      clientId: `${own}-doomed`,
      properties: { sessionExpiryInterval: 300 },
      will: { topic: `${own}/wills`, payload: Buffer.from('gone'), qos: 2, retain: false, properties: { willDelayInterval: 1 } }
    })
    doomed.removeAllListeners('error')
    doomed.on('error', () => {})
    doomed.stream.destroy()
    const message = await watcher.next()
    assert.deepStrictEqual([message.text, message.packet.qos], ['gone', 2])
  }
}

function fail (error) {
  console.error(error)
  process.exit(1)
}

process.on('uncaughtException', fail)
scenarios[scenario]()
  .then(() => within(Promise.all(clients.filter((client) => client.connected).map((client) => client.endAsync())), 'the end of the connections'))
  .then(() => process.exit(0), fail)
