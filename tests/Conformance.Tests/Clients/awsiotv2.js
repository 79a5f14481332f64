'use strict'

// The npm package aws-iot-device-sdk-v2, as it is, against a broker: a thing over mutual TLS, by MQTT 5 or 3.1.1.
//
// usage: node awsiotv2.js --sdk FOLDER --host HOST --tls PORT --tcp PORT --ca FILE --cert FILE --key FILE --thing NAME --version 5|3.1.1 SCENARIO
// Exit code 0: it went as it should. Otherwise what did not is on the standard error stream.

const assert = require('assert')
const { once } = require('events')
const { spawn } = require('child_process')

const words = process.argv.slice(2)
const options = {}
while (words[0]?.startsWith('--')) options[words.shift().slice(2)] = words.shift()
const scenario = words.shift()
const { thing } = options
const { iot, iotshadow, mqtt, mqtt5 } = require(options.sdk)
const { mqtt_request_response: requests } = require(require.resolve('aws-crt', { paths: [options.sdk] })) // the one that the SDK brings

const QoS1 = mqtt.QoS.AtLeastOnce
const text = payload => Buffer.from(payload).toString()
const root = name => `$aws/things/${thing}/shadow${name ? `/name/${name}` : ''}`

// What came and what was waited for, each by its name.
class Told {
  constructor () {
    this.came = []
    this.waiting = []
  }

  tell (name, value) {
    const index = this.waiting.findIndex(wait => wait.name === name)
    if (index < 0) this.came.push({ name, value })
    else this.waiting.splice(index, 1)[0].resolve(value)
  }

  next (name) {
    const index = this.came.findIndex(one => one.name === name)
    return index >= 0
      ? Promise.resolve(this.came.splice(index, 1)[0].value)
      : new Promise(resolve => this.waiting.push({ name, resolve }))
  }
}

// One connection of the thing. Messages are told by their topic.
class Connection5 {
  constructor ({ keepsSession = false, will } = {}) {
    // The builder of the SDK offers the ALPN protocol x-amzn-mqtt-ca on whatever port.
    const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(options.host, options.cert, options.key)
    builder.withCertificateAuthorityFromPath(undefined, options.ca)
    builder.withPort(Number(options.tls))
    builder.withSessionBehavior(keepsSession ? mqtt5.ClientSessionBehavior.RejoinAlways : mqtt5.ClientSessionBehavior.Clean)
    builder.withConnectProperties({ // no property may be there and be undefined
      clientId: thing,
      keepAliveIntervalSeconds: 60,
      ...(keepsSession && { sessionExpiryIntervalSeconds: 3600 }),
      ...(will && { will: { topicName: will.topic, payload: will.payload, qos: QoS1 } })
    })
    this.begin(new mqtt5.Mqtt5Client(builder.build()))
  }

  begin (client) {
    this.client = client
    this.messages = new Told()
    client.on('error', fail)
    client.on('connectionFailure', failure => fail(failure.error))
    client.on('messageReceived', ({ message }) => this.messages.tell(message.topicName, message))
  }

  async open () {
    const connected = once(this.client, 'connectionSuccess')
    this.client.start()
    const [{ connack, settings }] = await connected
    assert.strictEqual(connack.sessionPresent, settings.rejoinedSession)
    return connack.sessionPresent
  }

  async close () {
    const stopped = once(this.client, 'stopped')
    this.client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection })
    await stopped
    this.client.close()
  }

  async subscribe (topicFilter) {
    const suback = await this.client.subscribe({ subscriptions: [{ topicFilter, qos: QoS1 }] })
    assert.deepStrictEqual(suback.reasonCodes, [QoS1])
  }

  async publish (topicName, payload, more) {
    const puback = await this.client.publish({ topicName, payload, qos: QoS1, ...more })
    assert.ok(mqtt5.isSuccessfulPubackReasonCode(puback.reasonCode), `PUBACK ${puback.reasonCode}`)
  }

  shadowsByTopic () { return iotshadow.IotShadowClient.newFromMqtt5Client(this.client) }

  shadows () { return iotshadow.IotShadowClientv2.newFromMqtt5(this.client, limits) }
}

class Connection311 {
  constructor ({ keepsSession = false, will } = {}) {
    const builder = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(options.cert, options.key)
    builder.with_certificate_authority_from_path(undefined, options.ca)
    builder.with_endpoint(options.host).with_port(Number(options.tls)).with_client_id(thing).with_clean_session(!keepsSession)
    builder.with_keep_alive_seconds(60)
    if (will) builder.with_will(new mqtt.MqttWill(will.topic, QoS1, will.payload))
    this.client = new mqtt.MqttClient().new_connection(builder.build())
    this.messages = new Told()
    this.client.on('error', fail)
    this.client.on('interrupt', fail)
    this.client.on('message', (topic, payload) => this.messages.tell(topic, { payload }))
  }

  open () { return this.client.connect() }

  close () { return this.client.disconnect() }

  async subscribe (filter) {
    const granted = await this.client.subscribe(filter, QoS1)
    assert.deepStrictEqual([granted.error_code, granted.qos], [0, QoS1])
  }

  publish (topic, payload) { return this.client.publish(topic, payload, QoS1) }

  shadowsByTopic () { return new iotshadow.IotShadowClient(this.client) }

  shadows () { return iotshadow.IotShadowClientv2.newFromMqtt311(this.client, limits) }
}

// Somebody else, without TLS, by MQTT 5.
class Application extends Connection5 {
  begin () {
    super.begin(new mqtt5.Mqtt5Client({
      hostName: options.host,
      port: Number(options.tcp),
      connectProperties: { keepAliveIntervalSeconds: 60, clientId: `app of ${thing}` }
    }))
  }

  desire (name, state) { return this.publish(`${root(name)}/update`, JSON.stringify({ state: { desired: state } })) }
}

const limits = { maxRequestResponseSubscriptions: 6, maxStreamingSubscriptions: 4, operationTimeoutInSeconds: 20 }
const Connection = options.version === '5' ? Connection5 : Connection311

// What was refused, as the service has it.
async function refusal (promise) {
  try {
    await promise
  } catch (error) {
    assert.ok(error.modeledError, error)
    return error.modeledError
  }
  return assert.fail('was not refused')
}

// IotShadowClientv2: a promise for each request, found again by its client token; streams for what is told unasked.
async function shadows () {
  const device = new Connection()
  const app = new Application()
  assert.strictEqual(await device.open(), false)
  await app.open()
  const client = device.shadows()

  for (const name of [undefined, 'config']) {
    const of = more => ({ thingName: thing, ...(name && { shadowName: name }), ...more })
    const ask = (operation, more) => client[operation.replace('Shadow', name ? 'NamedShadow' : 'Shadow')](of(more))
    const told = new Told()
    const streams = []
    async function stream (kind) {
      const one = client[`create${name ? 'Named' : ''}Shadow${kind}Stream`](of())
      one.on('incomingPublish', ({ message }) => told.tell(kind, message))
      one.on('incomingPublishError', fail)
      const subscribed = once(one, 'subscriptionStatus')
      one.open()
      assert.strictEqual((await subscribed)[0].type, requests.SubscriptionStatusEventType.SubscriptionEstablished)
      streams.push(one)
    }
    await stream('DeltaUpdated')
    await stream('Updated')

    let error = await refusal(ask('getShadow'))
    assert.deepStrictEqual([error.code, error.message], [404, `No shadow exists with name: '${name ?? thing}'`])

    let answer = await ask('updateShadow', { state: { reported: { on: false, level: 1.5 } } })
    assert.deepStrictEqual([answer.version, answer.state.reported, answer.state.desired], [1, { on: false, level: 1.5 }, undefined])
    assert.ok(Math.abs(answer.timestamp - Date.now() / 1000) < 60, `${answer.timestamp}`)
    assert.ok(answer.clientToken)
    let change = await told.next('Updated')
    assert.deepStrictEqual([change.previous, change.current.version, change.current.state.reported], [null, 1, { on: false, level: 1.5 }])

    await app.desire(name, { on: true, level: 1.5 })
    const delta = await told.next('DeltaUpdated')
    assert.deepStrictEqual([delta.version, delta.state], [2, { on: true }])
    assert.ok(delta.metadata.on.timestamp > 0)
    change = await told.next('Updated')
    assert.deepStrictEqual([change.previous.version, change.previous.state.desired, change.current.version], [1, undefined, 2])
    assert.deepStrictEqual(change.current.state, { desired: { on: true, level: 1.5 }, reported: { on: false, level: 1.5 } })

    answer = await ask('getShadow')
    assert.deepStrictEqual([answer.version, answer.state.delta], [2, { on: true }])

    error = await refusal(ask('updateShadow', { state: { reported: { on: true } }, version: 1 }))
    assert.deepStrictEqual([error.code, error.message], [409, 'Version conflict'])
    assert.ok(error.clientToken)

    answer = await ask('updateShadow', { state: { reported: { on: true } }, version: 2 })
    assert.strictEqual(answer.version, 3)
    change = await told.next('Updated')
    assert.deepStrictEqual([change.current.version, change.current.metadata.reported.on.timestamp > 0], [3, true])

    error = await refusal(ask('updateShadow', { state: { reported: { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } } } }))
    assert.strictEqual(error.code, 400)
    error = await refusal(ask('updateShadow', { state: { reported: { much: 'x'.repeat(9000) } } }))
    assert.strictEqual(error.code, 413)

    // Several at once: each finds its own answer.
    const answers = await Promise.all([0, 1, 2, 3, 4].map(n => ask('updateShadow', { state: { reported: { n } } })))
    assert.deepStrictEqual(answers.map(one => one.state.reported.n), [0, 1, 2, 3, 4])
    assert.deepStrictEqual(answers.map(one => one.version).sort(), [4, 5, 6, 7, 8])

    answer = await ask('getShadow')
    assert.deepStrictEqual([answer.version, answer.state.delta, answer.state.reported.on], [8, undefined, true])

    answer = await ask('deleteShadow')
    assert.strictEqual(answer.version, 8)
    assert.ok(answer.clientToken)
    assert.strictEqual((await refusal(ask('getShadow'))).code, 404)
    assert.strictEqual((await refusal(ask('deleteShadow'))).code, 404)
    answer = await ask('updateShadow', { state: { desired: { on: true }, reported: { on: false } } })
    assert.strictEqual(answer.version, 9)
    assert.deepStrictEqual((await told.next('DeltaUpdated')).version, 9)

    for (const one of streams) one.close()
  }

  client.close()
  await app.close()
  await device.close()
}

// IotShadowClient: subscribed to every topic on its own; the client token is the caller's.
async function shadowsByTopic () {
  const device = new Connection()
  const app = new Application()
  await device.open()
  await app.open()
  const client = device.shadowsByTopic()

  for (const name of [undefined, 'config']) {
    const of = more => ({ thingName: thing, ...(name && { shadowName: name }), ...more })
    const kind = name ? 'NamedShadow' : 'Shadow'
    const told = new Told()
    const hear = event => (error, message) => error ? fail(error) : told.tell(event, message)
    for (const operation of ['Get', 'Update', 'Delete']) {
      for (const outcome of ['Accepted', 'Rejected']) {
        await client[`subscribeTo${operation}${kind}${outcome}`](of(), QoS1, hear(operation + outcome))
      }
    }
    await client[`subscribeTo${kind}DeltaUpdatedEvents`](of(), QoS1, hear('Delta'))
    await client[`subscribeTo${kind}UpdatedEvents`](of(), QoS1, hear('Documents'))

    let count = 0
    async function ask (operation, outcome, more) {
      const clientToken = `${operation}-${++count}`
      await client[`publish${operation}${kind}`](of({ clientToken, ...more }), QoS1)
      const answer = await told.next(operation + outcome)
      assert.strictEqual(answer.clientToken, clientToken)
      return answer
    }

    let answer = await ask('Get', 'Rejected')
    assert.strictEqual(answer.code, 404)
    answer = await ask('Update', 'Accepted', { state: { reported: { on: false } } })
    assert.deepStrictEqual([answer.version, answer.state], [1, { reported: { on: false } }])
    assert.strictEqual((await told.next('Documents')).current.version, 1)

    await app.desire(name, { on: true })
    const delta = await told.next('Delta')
    assert.deepStrictEqual([delta.version, delta.state], [2, { on: true }])
    const documents = await told.next('Documents')
    assert.deepStrictEqual([documents.previous.version, documents.current.state], [1, { desired: { on: true }, reported: { on: false } }])
    assert.strictEqual((await told.next('UpdateAccepted')).clientToken, undefined)

    answer = await ask('Update', 'Rejected', { state: { reported: { on: true } }, version: 1 })
    assert.deepStrictEqual([answer.code, answer.message], [409, 'Version conflict'])
    answer = await ask('Update', 'Accepted', { state: { reported: { on: true } }, version: 2 })
    assert.strictEqual(answer.version, 3)
    answer = await ask('Get', 'Accepted')
    assert.deepStrictEqual([answer.version, answer.state], [3, { desired: { on: true }, reported: { on: true } }])
    answer = await ask('Delete', 'Accepted')
    assert.strictEqual(answer.version, 3)
    assert.strictEqual((await ask('Delete', 'Rejected')).code, 404)
    assert.strictEqual((await ask('Get', 'Rejected')).code, 404)
  }

  await app.close()
  await device.close()
}

// What is desired while the thing is away greets it.
async function session () {
  const topic = `${root()}/update/delta`
  const app = new Application()
  await app.open()
  let device = new Connection({ keepsSession: true })
  assert.strictEqual(await device.open(), false)
  await device.subscribe(topic)
  await app.desire(undefined, { step: 0 })
  assert.deepStrictEqual(JSON.parse(text((await device.messages.next(topic)).payload)).state, { step: 0 })
  await device.publish(`devices/${thing}/ready`, '') // goes out after the PUBACK of what came: otherwise that may come again
  await device.close()

  await app.desire(undefined, { step: 1 })
  await app.desire(undefined, { step: 2 })

  device = new Connection({ keepsSession: true })
  assert.strictEqual(await device.open(), true)
  for (const step of [1, 2]) {
    assert.deepStrictEqual(JSON.parse(text((await device.messages.next(topic)).payload)).state, { step })
  }
  await device.close()

  device = new Connection()
  assert.strictEqual(await device.open(), false)
  await device.close()
  await app.close()
}

// A thing that is killed leaves its will; one that takes its leave does not.
async function will () {
  const topic = `dt/devices/${thing}/status`
  const app = new Application()
  await app.open()
  await app.subscribe(topic)

  const polite = new Connection({ will: { topic, payload: 'unsaid' } })
  await polite.open()
  await polite.close()

  const child = spawn(process.execPath, [...process.argv.slice(1, -1), 'doomed'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  assert.strictEqual(text(line).trim(), 'connected')
  child.kill('SIGKILL')
  assert.strictEqual(text((await app.messages.next(topic)).payload), 'gone')
  await app.close()
}

async function doomed () {
  const device = new Connection({ will: { topic: `dt/devices/${thing}/status`, payload: 'gone' } })
  await device.open()
  console.log('connected')
  await new Promise(resolve => setTimeout(resolve, 30000))
}

// MQTT 5 alone: a request with a response topic and correlation data, and what else its packets carry.
async function correlation () {
  const device = new Connection5()
  const app = new Application()
  await device.open()
  await app.open()
  await device.subscribe(`devices/${thing}/commands`)
  await app.subscribe(`answers/${thing}`)

  for (const id of ['first', 'second']) {
    await app.publish(`devices/${thing}/commands`, id, {
      responseTopic: `answers/${thing}`, correlationData: Buffer.from(id), contentType: 'text/plain', userProperties: [{ name: 'n', value: id }]
    })
  }

  // The thing may not answer there: its policy is that of a device.
  for (const id of ['first', 'second']) {
    const request = await device.messages.next(`devices/${thing}/commands`)
    assert.deepStrictEqual([text(request.payload), text(request.correlationData), request.contentType], [id, id, 'text/plain'])
    assert.deepStrictEqual(request.userProperties.map(({ name, value }) => [name, value]), [['n', id]])
    const refused = await device.client.publish({ topicName: request.responseTopic, payload: id, qos: QoS1 })
    assert.strictEqual(refused.reasonCode, mqtt5.PubackReasonCode.NotAuthorized)
    await app.publish(request.responseTopic, `answer to ${id}`, { correlationData: request.correlationData })
    const answer = await app.messages.next(`answers/${thing}`)
    assert.deepStrictEqual([text(answer.payload), text(answer.correlationData)], [`answer to ${id}`, id])
  }

  await device.close()
  await app.close()
}

function fail (error) {
  console.error(error)
  process.exit(1)
}

setTimeout(() => fail('not within 40 s'), 40000).unref()
process.on('unhandledRejection', fail)
const scenarios = { shadows, shadowsByTopic, session, will, doomed, correlation }
scenarios[scenario]().then(() => process.exit(0), fail)
