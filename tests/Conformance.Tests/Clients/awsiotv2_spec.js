'use strict'

// The tests that the npm package aws-iot-device-sdk-v2 has of its IotShadowClientv2 and brings along, as they are: AWS runs them
// against AWS IoT Core.
//
// usage: node awsiotv2_spec.js --sdk FOLDER --host HOST --tls PORT --ca FILE --cert FILE --key FILE
// Prints "passed: NAME" for each that did. Exit code 0: all of them; otherwise what did not is on the standard error stream.

const assert = require('assert')
const path = require('path')

const words = process.argv.slice(2)
const options = {}
while (words[0]?.startsWith('--')) options[words.shift().slice(2)] = words.shift()
const { iot } = require(require.resolve('aws-crt', { paths: [options.sdk] }))

// They name neither port nor authority: AWS has the standard port and one that everybody trusts.
const { AwsIotMqtt5ClientConfigBuilder: Builder5, AwsIotMqttConnectionConfigBuilder: Builder311 } = iot
const begin5 = Builder5.newDirectMqttBuilderWithMtlsFromPath
Builder5.newDirectMqttBuilderWithMtlsFromPath = (...given) =>
  begin5.apply(Builder5, given).withCertificateAuthorityFromPath(undefined, options.ca).withPort(Number(options.tls))
const begin311 = Builder311.new_mtls_builder_from_path
Builder311.new_mtls_builder_from_path = (...given) =>
  begin311.apply(Builder311, given).with_certificate_authority_from_path(undefined, options.ca).with_port(Number(options.tls))

process.env.AWS_TEST_MQTT5_IOT_CORE_HOST = options.host
process.env.AWS_TEST_MQTT5_IOT_CERTIFICATE_PATH = options.cert
process.env.AWS_TEST_MQTT5_IOT_KEY_PATH = options.key

// As much of Jest as they use.
const tests = []
global.jest = { setTimeout () {} }
global.test = global.it = (name, run) => tests.push({ name, run })
global.it.skip = name => tests.push({ name, run: () => assert.fail('it was left out') })
global.expect = actual => ({
  toBeDefined: () => assert.notStrictEqual(actual, undefined),
  toEqual: expected => assert.deepStrictEqual(actual, expected),
  toContain: expected => assert.ok(actual.includes(expected), `'${actual}' does not contain '${expected}'`)
})

function fail (error) {
  console.error(error)
  process.exit(1)
}

async function main () {
  require(path.join(options.sdk, 'dist', 'iotshadow', 'iotshadowclientv2.spec.js'))
  for (const { name, run } of tests) {
    const late = setTimeout(() => fail(`${name}: not within 20 s`), 20000)
    await run().catch(error => fail(`${name}: ${error.stack} ${JSON.stringify(error)}`))
    clearTimeout(late)
    console.log(`passed: ${name}`)
  }
}

process.on('unhandledRejection', fail)
main().then(() => process.exit(0), fail)
