using System.Buffers;
using System.Text;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class TelemetryTests : IAsyncLifetime
{
    private const string Topic = "dt/devices/pump-1/telemetry";

    private readonly TestGateway _gateway = new(("Gateway:ReceiveMaximum", "3"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V311, Topic)]
    [InlineData(MqttVersion.V5, Topic)]
    [InlineData(MqttVersion.V5, "devices/pump-1/monitoring")]
    public async Task A_reading_reaches_its_twin_and_is_acknowledged(MqttVersion version, string topic)
    {
        var client = await _gateway.Connect("pump-1", version);
        await client.Publish(topic, """{"temperature": 21.5, "disk": {"root": {"used": 70}}}""", packetId: 7);

        var ingest = await _gateway.Twins.Next<TwinCommand.Ingest>();
        Assert.Equal("pump-1", ingest.Device.Value);
        Assert.Equal(
            [new Metric(MetricName.Parse("temperature"), MetricValue.Of(21.5)), new Metric(MetricName.Parse("disk-root-used"), MetricValue.Of(70))],
            ingest.Ingest.Reading.Metrics);
        Assert.Equal(Instant.From(_gateway.Time.GetUtcNow()), ingest.Ingest.Reading.ReceivedAt);
        Assert.Equal(topic, ingest.Ingest.Raw?.Topic);

        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal((7, MqttReasonCode.Success), (ack.Id, ack.Code));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_the_twin_has_decided()
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1}""", packetId: 1);
        var ingest = await _gateway.Twins.Next<TwinCommand.Ingest>();

        await client.Ping(before: 0);
        ingest.Accept();
        Assert.Equal(1, (await client.Expect(MqttPacketType.PubAck)).Id);
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_arrival_whatever_the_order_of_commits()
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1");
        client.GatherPublish(Topic, """{"t": 1}""", packetId: 10);
        client.GatherPublish(Topic, """{"t": 2}""", packetId: 11);
        client.GatherPublish("plain/topic", "x", packetId: 12);
        await client.SendGathered();
        var first = await _gateway.Twins.Next<TwinCommand.Ingest>();
        var second = await _gateway.Twins.Next<TwinCommand.Ingest>();

        second.Accept();
        await client.Ping(before: 0);
        first.Accept();
        Assert.Equal(10, (await client.Expect(MqttPacketType.PubAck)).Id);
        Assert.Equal(11, (await client.Expect(MqttPacketType.PubAck)).Id);
        Assert.Equal((12, MqttReasonCode.NoMatchingSubscribers), await IdAndCode(client));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_connection_with_too_many_readings_on_their_way_is_read_no_further(int qos)
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1", MqttVersion.V311);
        for (ushort id = 1; id <= 5; id++)
            client.GatherPublish(Topic, $$"""{"t": {{id}}}""", qos == 0 ? (ushort)0 : id);
        await client.SendGathered();

        var held = new Queue<FakeTwins.Execution>();
        for (var i = 0; i < 3; i++)
            held.Enqueue(await _gateway.Twins.Next<TwinCommand.Ingest>());

        // The fourth comes only when one of the three is decided, and then at once.
        var fourth = _gateway.Twins.Next<TwinCommand.Ingest>();
        Assert.Equal(3, _gateway.Twins.Ingests);
        held.Dequeue().Accept();
        Assert.Equal(4, Number(await fourth));
        held.Dequeue().Accept();
        Assert.Equal(5, Number(await _gateway.Twins.Next<TwinCommand.Ingest>()));
    }

    [Fact]
    public async Task QoS_0_readings_are_shed_and_counted_once_a_full_connection_has_waited_long_enough()
    {
        using var shed = new MeterWatch("orleansiot_shed_messages");
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1", readsInline: true);
        for (var i = 0; i < 5; i++)
            client.GatherPublish(Topic, $$"""{"t": {{i}}}""");
        client.Gather(PingPacket.Request);
        await client.SendGathered();
        for (var i = 0; i < 3; i++)
            await _gateway.Twins.Next<TwinCommand.Ingest>();

        _gateway.Time.Advance(TimeSpan.FromSeconds(1));
        await client.Expect(MqttPacketType.PingResp);
        Assert.Equal(3, _gateway.Twins.Ingests);
        Assert.True(shed[""] >= 2, $"{shed[""]} shed");
    }

    [Theory]
    [InlineData("""{"t": }""", "reading.invalid-json")]
    [InlineData("""[{"t": 1}]""", "reading.not-an-object")]
    [InlineData("""{"t": null}""", "reading.no-metrics")]
    [InlineData("""{"t": NaN}""", "reading.number-out-of-range")]
    public async Task A_payload_that_is_no_reading_is_refused_with_a_reason_and_the_connection_lives(string payload, string code)
    {
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, payload, packetId: 1);

        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, ack.Code);
        Assert.StartsWith(code + ": ", ack.Reason);

        var refused = Assert.Single(_gateway.Statistics.RecentRefusals);
        Assert.Equal((code, "pump-1", Topic, payload), (refused.Code, refused.Device, refused.Message.Topic, Encoding.UTF8.GetString(refused.Message.Payload.Span)));

        await client.Publish(Topic, """{"t": 1}""", packetId: 2);
        Assert.Equal((2, MqttReasonCode.Success), await IdAndCode(client));
    }

    [Fact]
    public async Task A_client_of_3_1_1_gets_its_acknowledgement_for_a_bad_payload_because_a_repeat_would_be_as_bad()
    {
        var client = await _gateway.Connect("pump-1", MqttVersion.V311);
        await client.Publish(Topic, "not json", packetId: 1);
        Assert.Equal((1, MqttReasonCode.Success), await IdAndCode(client));
        Assert.Single(_gateway.Statistics.RecentRefusals);
    }

    [Fact]
    public async Task Only_the_first_KiB_of_a_refused_message_is_kept()
    {
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, new string('x', 5_000), packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
        Assert.Equal(1_024, Assert.Single(_gateway.Statistics.RecentRefusals).Message.Payload.Length);
    }

    [Fact]
    public async Task A_topic_that_names_no_possible_device_is_refused()
    {
        var client = await _gateway.Connect("pump-1");
        await client.Publish("dt/devices/pump 1/telemetry", """{"t": 1}""", packetId: 1);
        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal(MqttReasonCode.TopicNameInvalid, ack.Code);
        Assert.StartsWith("device.invalid-id: ", ack.Reason);
        Assert.Equal("pump 1", Assert.Single(_gateway.Statistics.RecentRefusals).Device);
    }

    [Fact]
    public async Task What_the_twin_rejects_is_told_with_its_code()
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1}""", packetId: 1);
        (await _gateway.Twins.Next<TwinCommand.Ingest>()).Reject(TwinRejection.TooManyMetrics);

        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal(MqttReasonCode.ImplementationSpecificError, ack.Code);
        Assert.StartsWith("reading.too-many-metrics: ", ack.Reason);
        Assert.Equal("reading.too-many-metrics", Assert.Single(_gateway.Statistics.RecentRefusals).Code);
    }

    [Fact]
    public async Task A_client_of_5_0_is_told_that_a_reading_could_not_be_stored()
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1}""", packetId: 1);
        (await _gateway.Twins.Next<TwinCommand.Ingest>()).Fail(new TwinUnavailableException("disk full"));

        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal(MqttReasonCode.UnspecifiedError, ack.Code);
        Assert.StartsWith("twin.unavailable: ", ack.Reason);
    }

    [Fact]
    public async Task A_client_of_3_1_1_is_disconnected_without_acknowledgement_when_a_reading_could_not_be_stored()
    {
        _gateway.Twins.HoldsReadings = true;
        var client = await _gateway.Connect("pump-1", MqttVersion.V311);
        client.GatherPublish(Topic, """{"t": 1}""", packetId: 1);
        client.GatherPublish(Topic, """{"t": 2}""", packetId: 2);
        await client.SendGathered();
        var first = await _gateway.Twins.Next<TwinCommand.Ingest>();
        var second = await _gateway.Twins.Next<TwinCommand.Ingest>();

        first.Fail(new TwinUnavailableException("disk full"));
        second.Accept();
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_redelivery_has_the_key_of_the_first_delivery_and_says_that_it_is_one()
    {
        var first = await _gateway.Connect("pump-1");
        await first.Publish(Topic, """{"t": 1}""", packetId: 5);
        var original = (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest;
        await first.Drop();

        var second = await _gateway.Connect("pump-1");
        await second.Publish(Topic, """{"t": 1}""", packetId: 5, dup: true);
        var copy = (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest;

        Assert.False(original.Key.IsNone);
        Assert.Equal(original.Key, copy.Key);
        Assert.Equal((false, true, false, false), (original.Redelivered, copy.Redelivered, original.KeyIsMessageId, copy.KeyIsMessageId));
    }

    [Fact]
    public async Task A_message_id_is_the_key_where_there_is_one_and_QoS_0_without_one_has_none()
    {
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1, "messageId": "m-1"}""");
        await client.Publish(Topic, """{"t": 1}""");

        var named = (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest;
        Assert.Equal((MessageKey.OfMessageId("m-1"), true), (named.Key, named.KeyIsMessageId));
        Assert.True((await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest.Key.IsNone);
    }

    [Fact]
    public async Task Subscribers_hear_of_a_reading_when_it_is_durable_and_of_a_repeat_not_again()
    {
        _gateway.Twins.HoldsReadings = true;
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("dt/devices/+/telemetry", MqttQoS.AtMostOnce);
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1}""", packetId: 1);
        var ingest = await _gateway.Twins.Next<TwinCommand.Ingest>();
        await watcher.Ping(before: 0);

        ingest.Accept();
        Assert.Equal((Topic, """{"t": 1}"""), await TopicAndPayload(watcher));
        await client.Expect(MqttPacketType.PubAck);

        await client.Publish(Topic, """{"t": 1}""", packetId: 1, dup: true);
        (await _gateway.Twins.Next<TwinCommand.Ingest>()).AcceptAsRepeat();
        Assert.Equal((1, MqttReasonCode.Success), await IdAndCode(client));
        await watcher.Ping(before: 0);
    }

    [Fact]
    public async Task What_is_durable_is_counted_and_a_repeat_is_not()
    {
        _gateway.Twins.HoldsReadings = true;
        using var duplicates = new MeterWatch("orleansiot_duplicates");
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1}""", packetId: 1);
        await client.Publish(Topic, """{"t": 1}""", packetId: 2, dup: true);
        var first = await _gateway.Twins.Next<TwinCommand.Ingest>();
        var second = await _gateway.Twins.Next<TwinCommand.Ingest>();
        _gateway.Time.Advance(TimeSpan.FromSeconds(2));
        first.Accept();
        second.AcceptAsRepeat();
        await client.Ping(before: 2);

        _gateway.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 0, 1], _gateway.Statistics.ReadingsPerSecond);
        Assert.InRange(_gateway.Statistics.ReceiveToCommitP99!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.5));
        Assert.True(duplicates[""] >= 1);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_is_counted_and_not_believed()
    {
        using var ahead = new MeterWatch("orleansiot_clocks_ahead");
        var client = await _gateway.Connect("pump-1");
        await client.Publish(Topic, """{"t": 1, "timestamp": "2031-01-01T00:00:00Z"}""", packetId: 1);
        var reading = (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest.Reading;
        Assert.Equal(reading.ReceivedAt, reading.At);
        Assert.True(ahead[""] >= 1);
    }

    [Fact]
    public async Task A_will_on_a_telemetry_topic_is_a_reading()
    {
        var client = _gateway.Open();
        await client.Connect("pump-1", will: (Topic, """{"alive": false}"""));
        await client.Drop();
        var ingest = (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest;
        Assert.Equal("alive", ingest.Reading.Metrics[0].Name.Value);
        Assert.Null(ingest.Session);
    }

    [Fact]
    public async Task A_client_that_wants_no_problem_information_gets_the_code_alone()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.RequestProblemInformation, 0);
        var client = _gateway.Open();
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        await client.Expect(MqttPacketType.ConnAck);
        await client.Publish(Topic, "not json", packetId: 1);
        var ack = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal((MqttReasonCode.PayloadFormatInvalid, null), (ack.Code, ack.Reason));
    }

    [Fact]
    public async Task A_reading_carries_the_session_only_over_the_devices_own_connection()
    {
        var own = await _gateway.Connect("pump-1");
        var session = ((TwinCommand.OpenSession)(await _gateway.Twins.Next<TwinCommand.OpenSession>()).Command).Session;
        await own.Publish(Topic, """{"t": 1}""");
        Assert.Equal(session, (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest.Session);

        var other = await _gateway.Connect("site-gateway");
        await other.Publish(Topic, """{"t": 1}""");
        Assert.Null((await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest.Session);
    }

    private static double Number(FakeTwins.Execution execution) => execution.Ingest.Reading.Metrics[0].Value.Number;

    private static async Task<(int Id, MqttReasonCode Code)> IdAndCode(TestClient client)
    {
        var ack = await client.Expect(MqttPacketType.PubAck);
        return (ack.Id, ack.Code);
    }

    private static async Task<(string Topic, string Payload)> TopicAndPayload(TestClient client)
    {
        var publish = await client.Expect(MqttPacketType.Publish);
        return (publish.Topic, publish.Payload);
    }
}
