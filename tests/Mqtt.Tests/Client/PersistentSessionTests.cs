using System.Globalization;
using System.Text;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>What outlives a connection, a client and a broker, with a broker that nobody here wrote.</summary>
public sealed class PersistentSessionTests : IAsyncLifetime
{
    private readonly Channel<MqttMessage> _received = Channel.CreateUnbounded<MqttMessage>();
    private readonly Channel<MqttConnectionChange> _changes = Channel.CreateUnbounded<MqttConnectionChange>();
    private Mosquitto _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await Mosquitto.Start();

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? default;

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_came_while_the_program_was_away_finds_its_handler(MqttVersion version)
    {
        await using (await Subscriber(version))
            await Heard<MqttConnectionChange.SubscriptionGranted>();
        for (var n = 0; n < 50; n++)
            await MosquittoPublish(n);

        await using var again = await Subscriber(version);
        for (var n = 0; n < 50; n++)
            Assert.Equal(n, Number(await Next()));
    }

    [Fact]
    public async Task A_message_whose_handler_failed_comes_again_and_with_the_same_identifier()
    {
        var line = new Line(() => _broker.Port);
        var calls = 0;
        await using var client = MqttClient.Start(Options("holder", line, async (message, _) =>
        {
            await _received.Writer.WriteAsync(message, CancellationToken.None);
            if (++calls == 1)
                throw new InvalidOperationException("the store is down");
        }));
        await Heard<MqttConnectionChange.SubscriptionGranted>();
        await MosquittoPublish(7);
        var first = await Next();
        var second = await Next();

        Assert.Equal((false, true), (first.Dup, second.Dup));
        Assert.Equal((7, first.PacketId), (Number(second), second.PacketId));
        await client.Publish(new MqttMessage { Topic = "n/more", Payload = "8"u8.ToArray() }).Within("a publish");
        Assert.Equal(8, Number(await Next()));
    }

    [Fact]
    public async Task Concurrent_handlers_that_end_in_any_order_lose_nothing_over_cut_connections()
    {
        const int Count = 400;
        var line = new Line(() => _broker.Port);
        var seen = new HashSet<int>();
        var all = new TaskCompletionSource();
        var random = new Random(4);
        await using var client = MqttClient.Start(Options("many", line, async (message, _) =>
        {
            int pause, count;
            lock (seen)
                pause = random.Next(3);
            for (var i = 0; i < pause; i++)
                await Task.Yield();
            lock (seen)
            {
                seen.Add(Number(message));
                count = seen.Count;
            }

            if (count == Count)
                all.TrySetResult();
            else if (count % 60 == 0)
                line.Cut();
        }, concurrent: 16));
        await Heard<MqttConnectionChange.SubscriptionGranted>();
        await using var publisher = await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = _broker.Port });
        await Task.WhenAll(Enumerable.Range(0, Count).Select(n => publisher.Publish(Message(n, MqttQoS.AtLeastOnce)))).Within("all PUBACKs");

        await all.Task.Within($"all of {Count} messages");
    }

    [Fact]
    public async Task QoS_2_is_exactly_once_and_in_order_though_both_sides_lose_their_connections()
    {
        const int Count = 300;
        var (publishing, subscribing) = (new Line(() => _broker.Port), new Line(() => _broker.Port));
        var received = 0;
        await using var subscriber = MqttClient.Start(Options("twice", subscribing, async (message, cancellation) =>
        {
            await _received.Writer.WriteAsync(message, CancellationToken.None);
            if (++received % 37 == 0)
                subscribing.Cut();
        }, MqttQoS.ExactlyOnce));
        await Heard<MqttConnectionChange.SubscriptionGranted>();
        await using var publisher = MqttClient.Start(Options("sender", publishing));
        var sending = Enumerable.Range(0, Count).Select(n => publisher.Publish(Message(n, MqttQoS.ExactlyOnce))).ToArray();
        for (var n = 0; n < Count; n += 41)
        {
            await sending[n].Within("a PUBCOMP");
            publishing.Cut();
        }

        await Task.WhenAll(sending).Within("all PUBCOMPs");
        for (var n = 0; n < Count; n++)
            Assert.Equal(n, Number(await Next()));

        await publisher.Publish(Message(-1, MqttQoS.ExactlyOnce)).Within("the last PUBCOMP");
        Assert.Equal(-1, Number(await Next()));
    }

    [Fact]
    public async Task The_queue_outlives_a_broker_that_restarts_and_forgot_everything()
    {
        await using var client = MqttClient.Start(Options("queue", new Line(() => _broker.Port), Receive));
        await Heard<MqttConnectionChange.SubscriptionGranted>();
        await _broker.Kill();
        await Heard<MqttConnectionChange.Closed>();
        var sending = Enumerable.Range(0, 200).Select(n => client.Publish(Message(n, MqttQoS.AtLeastOnce))).ToArray();
        await Heard<MqttConnectionChange.Refused>();

        await _broker.Restart();
        await Task.WhenAll(sending).Within("all PUBACKs");
        for (var n = 0; n < 200; n++)
            Assert.Equal(n, Number(await Next()));
    }

    [Fact]
    public async Task A_client_without_a_name_keeps_the_one_it_was_given()
    {
        var line = new Line(() => _broker.Port);
        await using var client = MqttClient.Start(Options("", line, clean: true));
        await Heard<MqttConnectionChange.Connected>();
        var given = client.ClientId;
        Assert.NotEmpty(given);

        line.Cut();
        await Heard<MqttConnectionChange.Connected>();
        Assert.Equal(given, client.ClientId);
        await using var thief = await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = _broker.Port, ClientId = given });
        await Heard<MqttConnectionChange.Closed>(); // taken over: so the server knows it by that name
    }

    private async Task<MqttClient> Subscriber(MqttVersion version) => await MqttClient.Connect(new MqttClientOptions
    {
        Host = "127.0.0.1",
        Port = _broker.Port,
        Version = version,
        ClientId = "keeper",
        CleanStart = false,
        SessionExpiry = TimeSpan.FromHours(1),
        Subscriptions = [new MqttSubscription("n/#", new SubscriptionOptions(MqttQoS.AtLeastOnce), Receive)],
        ConnectionChanged = change => _changes.Writer.TryWrite(change),
    }).Within("a connection");

    private MqttClientOptions Options(
        string clientId, Line line, MqttMessageHandler? handler = null, MqttQoS qos = MqttQoS.AtLeastOnce, int concurrent = 1, bool clean = false) => new()
        {
            Dial = line.Dial,
            ClientId = clientId,
            CleanStart = clean,
            SessionExpiry = TimeSpan.FromHours(1),
            MaxConcurrentHandlers = concurrent,
            Subscriptions = handler is null ? [] : [new MqttSubscription("n/#", new SubscriptionOptions(qos), handler)],
            Reconnect = new MqttReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(50) },
            ConnectionChanged = change => _changes.Writer.TryWrite(change),
        };

    private static MqttMessage Message(int number, MqttQoS qos) =>
        new() { Topic = "n/x", Payload = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), QoS = qos };

    private static int Number(MqttMessage message) => int.Parse(Encoding.UTF8.GetString(message.Payload.Span), CultureInfo.InvariantCulture);

    private Task MosquittoPublish(int number) => MosquittoPub.Publish(_broker.Port, "n/x", number.ToString(CultureInfo.InvariantCulture));

    private ValueTask Receive(MqttMessage message, CancellationToken cancellation) => _received.Writer.WriteAsync(message, cancellation);

    private Task<MqttMessage> Next() => _received.Reader.ReadAsync().AsTask().Within("a message");

    private async Task Heard<T>()
    {
        while (await _changes.Reader.ReadAsync().AsTask().Within($"a change {typeof(T).Name}") is not T)
        {
        }
    }
}
