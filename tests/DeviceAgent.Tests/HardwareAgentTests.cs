using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceAgent.Tests;

public sealed class HardwareAgentTests
{
    [Fact]
    public async Task The_first_messages_tell_what_the_machine_is_and_how_it_does()
    {
        await using var broker = await Mosquitto.Start();
        await using var subscription = await MosquittoSubscription.To(broker, "devices/+/monitoring");
        await using var agent = new RunningAgent(new() { Broker = { Port = broker.Port }, DeviceId = "press-4", Interval = TimeSpan.FromHours(1) });

        var (topic, facts) = await subscription.NextJson("the facts");
        var (_, sample) = await subscription.NextJson("the first sample, long before the interval is over");

        Assert.Equal("devices/press-4/monitoring", topic);
        Assert.Equal(Environment.MachineName, facts.GetProperty("host").GetProperty("name").GetString());
        Assert.InRange(sample.GetProperty("memory").GetProperty("percent").GetDouble(), 0.1, 100);
        Assert.InRange(sample.GetProperty("disk").GetProperty("root").GetProperty("used-percent").GetDouble(), 0, 100);
        Assert.InRange(sample.GetProperty("cpu").GetProperty("percent").GetDouble(), 0, 100);
    }

    [Fact]
    public async Task Over_TLS_the_broker_knows_the_machine_by_its_certificate()
    {
        using var certificates = new PeerCertificates();
        await using var broker = await Mosquitto.Start([.. certificates.MosquittoSettings(), "use_identity_as_username true"]);
        var (certificatePath, keyPath) = certificates.Issue("press-4");
        var connected = broker.Says("u'press-4'");
        await using var agent = new RunningAgent(new()
        {
            Broker = { Port = broker.Port, Tls = new() { CaPath = certificates.CaPath, CertificatePath = certificatePath, KeyPath = keyPath } },
            DeviceId = "press-4",
            Interval = TimeSpan.FromHours(1),
        });

        await connected.Within("the broker naming the agent by its certificate");
    }

    [Fact]
    public async Task Readings_follow_at_the_interval_numbered_in_their_order()
    {
        await using var broker = await Mosquitto.Start();
        await using var subscription = await MosquittoSubscription.To(broker, "devices/+/monitoring");
        await using var agent = new RunningAgent(new() { Broker = { Port = broker.Port }, Interval = TimeSpan.FromSeconds(0.1) });

        var ids = new List<(string? Boot, long Sequence)>();
        while (ids.Count < 6)
        {
            var (_, payload) = await subscription.NextJson($"message {ids.Count + 1} of 6");
            ids.Add((payload.GetProperty("bootId").GetString(), payload.GetProperty("sequence").GetInt64()));
        }

        Assert.Equal(Enumerable.Range(0, 6).Select(offset => (ids[0].Boot, ids[0].Sequence + offset)), ids);
    }

    [Fact]
    public async Task Messages_of_a_time_without_a_broker_are_kept_and_the_oldest_dropped()
    {
        await using var broker = await Mosquitto.Start();
        await broker.Kill();
        await using var agent = new RunningAgent(new()
        {
            Broker = { Port = broker.Port },
            Interval = TimeSpan.FromSeconds(0.1),
            BufferedMessages = 3,
            LongestReconnectPause = TimeSpan.FromSeconds(0.2),
        });
        await agent.Log.Says("buffer of 3 messages is full").Within("the agent saying that its buffer is full");

        await broker.Restart();
        await using var subscription = await MosquittoSubscription.To(broker, "devices/+/monitoring");
        var (_, payload) = await subscription.NextJson("a message after the broker is back");

        var sequence = payload.GetProperty("sequence").GetInt64();
        Assert.True(sequence > 0, "The oldest message was to be dropped.");
    }

    [Fact]
    public async Task A_broker_that_was_killed_gets_readings_again_when_it_is_back()
    {
        await using var broker = await Mosquitto.Start();
        await using var agent = new RunningAgent(new()
        {
            Broker = { Port = broker.Port },
            Interval = TimeSpan.FromSeconds(0.1),
            LongestReconnectPause = TimeSpan.FromSeconds(0.2),
        });
        await agent.Log.Says("Connected").Within("the first connection");
        var lost = agent.Log.Says("Connection lost");

        await broker.Kill();
        await lost.Within("the agent noticing");
        await broker.Restart();
        await using var subscription = await MosquittoSubscription.To(broker, "devices/+/monitoring");

        await subscription.Next("a message after the broker is back");
    }

    [Fact]
    public async Task Readings_that_the_broker_could_not_store_come_again()
    {
        await using var broker = new AnsweringBroker();
        await using var agent = new RunningAgent(new() { Broker = { Port = broker.Port }, Interval = TimeSpan.FromHours(1), LongestReconnectPause = TimeSpan.FromSeconds(0.2) });

        // The facts and the first sample: all that there is within an hour.
        var refused = new HashSet<long>();
        var taken = new List<long>();
        while (taken.Count < 2)
        {
            var (sequence, packet) = await broker.Next($"message {taken.Count + 1} of 2, again");
            var isTaken = refused.Count == 2 && refused.Contains(sequence);
            if (isTaken)
                taken.Add(sequence);
            else
                refused.Add(sequence);
            await broker.Answer(packet, isTaken ? AnsweringBroker.Success : AnsweringBroker.UnspecifiedError);
        }

        Assert.Equal([0, 1], taken.Order());
    }

    [Theory]
    [InlineData(AnsweringBroker.PayloadFormatInvalid)]
    [InlineData(AnsweringBroker.NotAuthorized)]
    public async Task A_reading_that_will_never_be_taken_is_dropped_and_the_next_ones_go_on(byte code)
    {
        await using var broker = new AnsweringBroker();
        await using var agent = new RunningAgent(new() { Broker = { Port = broker.Port }, Interval = TimeSpan.FromSeconds(0.1), LongestReconnectPause = TimeSpan.FromSeconds(0.1) });

        var sequences = new List<long>();
        while (sequences.Count < 6)
        {
            var (sequence, packet) = await broker.Next($"message {sequences.Count + 1} of 6");
            await broker.Answer(packet, sequences.Count == 0 ? code : AnsweringBroker.Success);
            sequences.Add(sequence);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], sequences);
        await agent.Log.Says("which is dropped").Within("the agent saying so");
    }

    [Fact]
    public async Task A_broker_that_takes_nothing_costs_no_more_than_the_buffer()
    {
        await using var broker = new AnsweringBroker();
        await using var agent = new RunningAgent(new()
        {
            Broker = { Port = broker.Port },
            Interval = TimeSpan.FromSeconds(0.1),
            BufferedMessages = 3,
            LongestReconnectPause = TimeSpan.FromSeconds(0.1),
        });
        var full = agent.Log.Says("buffer of 3 messages is full");
        for (var refused = 0; !full.IsCompleted; refused++)
        {
            Assert.True(refused < 200, "200 messages were refused, and the buffer is not full.");
            await broker.Answer((await broker.Next("a message before the buffer is full")).Packet, AnsweringBroker.UnspecifiedError);
        }

        var taken = new List<long>();
        while (taken.Count < 5)
        {
            var (sequence, packet) = await broker.Next($"message {taken.Count + 1} of 5 that are taken");
            taken.Add(sequence);
            await broker.Answer(packet, AnsweringBroker.Success);
        }

        Assert.DoesNotContain(0, taken);
        Assert.Equal(taken.Distinct(), taken);
    }

    [Fact]
    public void Wrong_options_are_refused_with_their_names()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new HardwareAgent(
            new() { DeviceId = "a b", Interval = TimeSpan.Zero }, TimeProvider.System, NullLogger<HardwareAgent>.Instance));

        Assert.Contains("Device:Id", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Interval", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class RunningAgent : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HardwareAgent _agent;
        private readonly Task _running;

        public RunningAgent(HardwareAgentOptions options)
        {
            _agent = new HardwareAgent(options, TimeProvider.System, Log);
            _running = _agent.RunAsync(_stop.Token);
        }

        public ListeningLog<HardwareAgent> Log { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.Within("the agent's end");
            _agent.Dispose();
        }
    }
}
