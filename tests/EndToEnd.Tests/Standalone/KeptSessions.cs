using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>What subscribers are owed, when the server dies under them.</summary>
public sealed class KeptSessions(ITestOutputHelper output)
{
    private const int Publishers = 10;
    private const int PerPublisher = 2_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_kill_9_every_acknowledged_message_reaches_who_was_there_and_who_was_away()
    {
        await using var system = await StandaloneSystem.Start("--Gateway:OfflineQueueMessages=100000", "--Gateway:OfflineQueueBytes=100000000");
        var there = new ConcurrentQueue<string>();
        var away = new ConcurrentQueue<string>();
        await (await Subscriber(system, "away", away)).DisposeAsync();
        await using var present = await Subscriber(system, "there", there);

        var acknowledged = new ConcurrentQueue<string>();
        var publishing = Enumerable.Range(0, Publishers).Select(number => Publish(system, number, acknowledged)).ToArray();
        await Eventually.IsTrue("a third is acknowledged", () => Task.FromResult(acknowledged.Count > Publishers * PerPublisher / 3), Limit);
        await system.KillHard();
        await Task.WhenAll(publishing).Within(Limit, "the publishers to notice");
        var promised = acknowledged.ToHashSet();
        output.WriteLine($"{promised.Count} of {Publishers * PerPublisher} acknowledged before the kill");
        Assert.True(promised.Count < Publishers * PerPublisher, "The kill came after everything was sent: it tested nothing.");

        await system.StartAgain();
        await using var back = await Subscriber(system, "away", away);

        await Eventually.IsTrue("who was away has all that was acknowledged", () => Task.FromResult(promised.IsSubsetOf(away)), Limit);
        await Eventually.IsTrue("who was there has all that was acknowledged", () => Task.FromResult(promised.IsSubsetOf(there)), Limit);
        foreach (var received in (ConcurrentQueue<string>[])[there, away])
            Assert.Empty(received.Where(text => text.StartsWith("2-", StringComparison.Ordinal)).GroupBy(text => text).Where(copies => copies.Count() > 1).Select(copies => copies.Key));
    }

    [Fact]
    public async Task A_retained_message_that_was_acknowledged_greets_subscribers_after_kill_9()
    {
        await using var system = await StandaloneSystem.Start();
        await using (var publisher = await Client(system, "publisher"))
        {
            await publisher.Publish(new MqttMessage { Topic = "site/mode", Payload = "night"u8.ToArray(), Retain = true, QoS = MqttQoS.ExactlyOnce });
            await system.KillHard();
        }

        await system.StartAgain();
        var greeted = new TaskCompletionSource<string>();
        await using var subscriber = await Client(system, "subscriber");
        await subscriber.Subscribe("site/#", MqttQoS.AtLeastOnce, (message, _) =>
        {
            greeted.TrySetResult(Encoding.UTF8.GetString(message.Payload.Span));
            return ValueTask.CompletedTask;
        });

        Assert.Equal("night", await greeted.Task.Within("the retained message"));
    }

    /// <summary>Half of the messages at QoS 1, half at QoS 2, told apart by their first letter; ends with the server.</summary>
    private static async Task Publish(StandaloneSystem system, int number, ConcurrentQueue<string> acknowledged)
    {
        await using var client = await Client(system, $"publisher-{number}");
        var sent = Enumerable.Range(0, PerPublisher).Select(async sequence =>
        {
            var qos = sequence % 2 == 0 ? MqttQoS.AtLeastOnce : MqttQoS.ExactlyOnce;
            var text = string.Create(CultureInfo.InvariantCulture, $"{(int)qos}-{number}-{sequence}");
            if (await client.Publish(new MqttMessage { Topic = $"site/orders/{number}", Payload = Encoding.UTF8.GetBytes(text), QoS = qos }) < MqttReasonCode.UnspecifiedError)
                acknowledged.Enqueue(text);
        }).ToArray();
        try
        {
            await Task.WhenAll(sent);
        }
        catch (Exception lost) when (lost is MqttConnectionLostException or InvalidOperationException)
        {
            // What was not acknowledged is promised to nobody.
        }
    }

    private static Task<MqttClient> Client(StandaloneSystem system, string id) =>
        MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = system.MqttPort, ClientId = id });

    private static Task<MqttClient> Subscriber(StandaloneSystem system, string id, ConcurrentQueue<string> received) => MqttClient.Connect(new MqttClientOptions
    {
        Host = "127.0.0.1",
        Port = system.MqttPort,
        ClientId = id,
        CleanStart = false,
        SessionExpiry = TimeSpan.FromHours(1),
        Reconnect = new MqttReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1) },
        Subscriptions =
        [
            new MqttSubscription("site/orders/#", new SubscriptionOptions { QoS = MqttQoS.ExactlyOnce }, (message, _) =>
            {
                received.Enqueue(Encoding.UTF8.GetString(message.Payload.Span));
                return ValueTask.CompletedTask;
            }),
        ],
    });
}
