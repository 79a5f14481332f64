using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>The client against a broker that nobody here wrote.</summary>
public sealed class MosquittoTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    private readonly Channel<MqttMessage> _received = Channel.CreateUnbounded<MqttMessage>();
    private readonly Channel<MqttConnectionChange> _changes = Channel.CreateUnbounded<MqttConnectionChange>();
    private Mosquitto _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await Mosquitto.Start();

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? default;

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_message_of_each_QoS_goes_round(MqttVersion version)
    {
        await using var client = await MqttClient.Connect(Options(version));
        Assert.Equal(MqttQoS.ExactlyOnce, await client.Subscribe("round/+", MqttQoS.ExactlyOnce, Receive));
        foreach (var qos in Enum.GetValues<MqttQoS>())
        {
            await client.Publish(new MqttMessage { Topic = "round/trip", Payload = "21.5"u8.ToArray(), QoS = qos }).WaitAsync(Patience);
            var message = await Next();
            Assert.Equal(("round/trip", "21.5", qos), (message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message.QoS));
        }
    }

    [Fact]
    public async Task Every_property_of_a_message_arrives()
    {
        await using var client = await MqttClient.Connect(Options());
        await client.Subscribe("p", MqttQoS.AtLeastOnce, Receive);
        var sent = new MqttMessage
        {
            Topic = "p",
            IsText = true,
            ContentType = "text/plain",
            ResponseTopic = "answer/here",
            CorrelationData = new byte[] { 1, 2, 3 },
            Expiry = TimeSpan.FromMinutes(5),
            UserProperties = [new("unit", "°C"), new("unit", "°F")],
        };
        await client.Publish(sent).WaitAsync(Patience);

        var message = await Next();
        Assert.Equal(
            (sent.IsText, sent.ContentType, sent.ResponseTopic), (message.IsText, message.ContentType, message.ResponseTopic));
        Assert.Equal(sent.CorrelationData.Value.ToArray(), message.CorrelationData?.ToArray());
        Assert.InRange(message.Expiry!.Value, TimeSpan.FromMinutes(4), sent.Expiry.Value);
        Assert.Equal(sent.UserProperties, message.UserProperties);
    }

    [Fact]
    public async Task Thousands_of_publishes_in_flight_are_all_acknowledged_and_arrive_in_order()
    {
        const int Count = 3_000;
        await using var client = await MqttClient.Connect(Options());
        await client.Subscribe("n", MqttQoS.AtLeastOnce, Receive);
        var publishing = Enumerable.Range(0, Count)
            .Select(n => client.Publish(new MqttMessage { Topic = "n", Payload = Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture)) }))
            .ToArray();

        for (var n = 0; n < 900; n++)
            Assert.Equal(n.ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetString((await Next()).Payload.Span));
        await Task.WhenAll(publishing).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_will_is_published_when_the_transport_is_cut_and_not_on_a_disconnect()
    {
        await using var watcher = await MqttClient.Connect(Options());
        await watcher.Subscribe("will/+", MqttQoS.AtLeastOnce, Receive);
        Stream? transport = null;
        await using var clean = await MqttClient.Connect(WithWill("will/clean", _ => { }));
        await using var cut = await MqttClient.Connect(WithWill("will/cut", stream => transport = stream));

        await clean.Disconnect();
        await transport!.DisposeAsync();
        Assert.Equal("will/cut", (await Next()).Topic);
    }

    [Fact]
    public async Task A_filter_that_was_unsubscribed_is_silent()
    {
        await using var client = await MqttClient.Connect(Options());
        await client.Subscribe("a", MqttQoS.AtLeastOnce, (_, _) => throw new InvalidOperationException("still subscribed"));
        await client.Subscribe("b", MqttQoS.AtLeastOnce, Receive);
        await client.Unsubscribe("a");
        await client.Publish(new MqttMessage { Topic = "a" }).WaitAsync(Patience);
        await client.Publish(new MqttMessage { Topic = "b" }).WaitAsync(Patience);
        Assert.Equal("b", (await Next()).Topic);
    }

    [Fact]
    public async Task A_client_without_a_name_learns_the_one_it_was_given()
    {
        await using var client = await MqttClient.Connect(Options());
        Assert.NotEmpty(client.ClientId);
    }

    [Fact]
    public async Task Nobody_listening_is_a_connect_exception()
    {
        var port = _broker.Port;
        await _broker.Kill();
        var refusal = await Assert.ThrowsAsync<MqttConnectException>(
            () => MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = port }).WaitAsync(Patience));
        Assert.Null(refusal.ReasonCode);
        Assert.True(refusal.IsTransient);
        Assert.IsType<SocketException>(refusal.InnerException);
    }

    [Fact]
    public async Task A_client_survives_its_brokers_death_with_its_subscriptions_and_calls()
    {
        await using var client = await MqttClient.Connect(Options(reconnects: true));
        await client.Subscribe("again", MqttQoS.AtLeastOnce, Receive);
        await _broker.Kill();
        await Change<MqttConnectionChange.Closed>();
        var publishing = client.Publish(new MqttMessage { Topic = "again", Payload = "x"u8.ToArray() });
        await Change<MqttConnectionChange.Refused>();

        await _broker.Restart();
        await publishing.WaitAsync(Patience);
        Assert.Equal("again", (await Next()).Topic);
    }

    private ValueTask Receive(MqttMessage message, CancellationToken cancellation) => _received.Writer.WriteAsync(message, cancellation);

    private Task<MqttMessage> Next() => _received.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private async Task Change<T>()
    {
        while (await _changes.Reader.ReadAsync().AsTask().WaitAsync(Patience) is not T)
        {
        }
    }

    private MqttClientOptions Options(MqttVersion version = MqttVersion.V5, string clientId = "", bool reconnects = false) => new()
    {
        Host = "127.0.0.1",
        Port = _broker.Port,
        Version = version,
        ClientId = clientId,
        ConnectionChanged = change => _changes.Writer.TryWrite(change),
        Reconnect = reconnects
            ? new MqttReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(100) }
            : null,
    };

    private MqttClientOptions WithWill(string topic, Action<Stream> opened) => new()
    {
        Will = new MqttWill { Topic = topic },
        Dial = async cancellation =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", _broker.Port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            opened(stream);
            return stream;
        },
    };
}
