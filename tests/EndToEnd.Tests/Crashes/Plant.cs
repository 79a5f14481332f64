using System.Text.Json;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// One data folder, and all that happens to it: devices, people and a webhook, and a server that is killed under them again and
/// again. After each start, what it says is held against what it promised.
/// </summary>
internal sealed class Plant : IAsyncDisposable
{
    // Messages are dated from here on, a few milliseconds apart: all of them in the past, as far as rounds may go.
    private static readonly TimeSpan StartsBefore = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StopLimit = TimeLimit.Usual;
    private static readonly TimeSpan LoadLimit = TimeLimit.Usual;

    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromMinutes(2);

    private static readonly string[] Settings =
    [
        "--Twins:HeartbeatLimit=01:00:00", "--Twins:SnapshotInterval=00:00:01",

        // The usual time for one attempt: a call that two seconds cut off on a busy machine had been heard, and was made again.
        "--Notifications:Delivery:FirstDelay=00:00:00.2",
    ];

    private readonly Random _random;
    private readonly HttpReceiver _receiver;
    private readonly WebhookLedger _webhook;
    private readonly Sender[] _senders;
    private readonly LoadedDevice[] _devices;
    private readonly ShadowedThing[] _things;
    private readonly Operators _operators;
    private readonly long _startsAt;
    private readonly PlantDisk _disk;
    private readonly bool _fails;
    private readonly Dictionary<string, long> _told = [];
    private KillableServer? _server;
    private volatile bool _stopOperators;
    private bool _isFirst = true;

    private Plant(int seed, HttpReceiver receiver, PlantDisk disk, bool fails)
    {
        (_disk, _fails) = (disk, fails);
        _random = new Random(seed);
        _receiver = receiver;
        _webhook = new WebhookLedger(receiver);
        _startsAt = (TimeProvider.System.GetUtcNow() - StartsBefore).ToUnixTimeMilliseconds();
        _senders =
        [
            Sender("bridge-a", MqttVersion.V311, MessageIdentity.Redelivery, "a-1", "a-2", "a-3"),
            Sender("bridge-b", MqttVersion.V5, MessageIdentity.MessageId, "b-1", "b-2", "b-3"),
            Sender("bridge-c", MqttVersion.V5, MessageIdentity.Redelivery, "c-1"),
            Sender("bridge-d", MqttVersion.V5, MessageIdentity.Sequence, "d-1", "d-2"),
            Sender("pump-1", MqttVersion.V5, MessageIdentity.Sequence, "pump-1"),
        ];
        _devices = [.. _senders.SelectMany(sender => sender.Devices)];
        _things = [.. ((string[])["c-1", "d-1"]).Select(thing => new ShadowedThing(thing, new Random(_random.Next())))];
        _operators = new Operators(_devices, new Random(_random.Next()));
    }

    /// <summary>What the last server printed.</summary>
    public string Output => _server?.Output ?? "";

    public PlantCount Count { get; } = new();

    /// <param name="fails">Whether writing on the disk is made to fail, too.</param>
    public static async Task<Plant> Open(int seed, PlantDisk disk, bool fails) => new(seed, await HttpReceiver.Start(), disk, fails);

    /// <summary>Starts the server, checks all that is owed, and ends it under load.</summary>
    public async Task Round()
    {
        Count.Rounds++;
        if (!_isFirst && _random.Next(100) < 10)
            await KillWhileStarting();

        await Start();
        await CheckAndSettle();
        if (_fails && !await SurvivesOutage())
            return;

        await LoadUntilTheEnd();
    }

    /// <summary>Starts the server once more; now everything is delivered too.</summary>
    public async Task Finish()
    {
        await Start();
        await CheckAndSettle();
        await CheckDeliveries();
        Count.ShadowUpdates = _things.Sum(thing => thing.Version);
        Assert.True(Count is { ShadowUpdates: > 0, StreamEvents: > 0, Notifications: > 0 }, $"The load was none: {Count}");
        _server!.Interrupt();
        Assert.Equal(0, await _server.Exited(StopLimit));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _receiver.DisposeAsync();
        await _disk.DisposeAsync();
    }

    private Sender Sender(string clientId, MqttVersion version, MessageIdentity identity, params string[] devices) => new(
        clientId, version, [.. devices.Select(device => new LoadedDevice(device, identity, _startsAt, new Random(_random.Next())))], new Random(_random.Next()));

    private async Task KillWhileStarting()
    {
        Count.KilledStarts++;
        _webhook.NextRun();
        await using var server = KillableServer.Launch(_disk.Wrapper, _disk.Folder, Settings);
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(50, 900)), TimeProvider.System);
        await server.Kill();
    }

    private async Task Start()
    {
        if (_server is not null)
            await _server.DisposeAsync();

        _webhook.NextRun();
        _server = KillableServer.Launch(_disk.Wrapper, _disk.Folder, Settings);
        await _server.Ready();
        if (!_isFirst)
            return;

        _isFirst = false;
        foreach (var rule in (await _server.Api.Get("rules")).GetProperty("items").EnumerateArray())
            (await _server.Api.Http.DeleteAsync($"rules/{rule.GetProperty("ruleId").GetString()}")).EnsureSuccessStatusCode();
        foreach (var rule in LoadRule.All)
            await _server.Api.PutRule(rule.Id, rule.Document(_webhook.Address));
    }

    private async Task CheckAndSettle()
    {
        foreach (var thing in _things)
            await thing.Check(_server!.MqttPort);

        // As it was left: what had no answer is there or not, but nothing that was sent after what is not.
        foreach (var device in _devices)
        {
            var stored = await Read(device);
            DeviceCheck.History(device, stored);
            if (!_fails)
                DeviceCheck.IsPrefix(device, stored);
            Assert.True(stored.Version >= _told.GetValueOrDefault(device.Id), $"{device.Id}: the stream told of version {_told.GetValueOrDefault(device.Id)}, and it is at {stored.Version}.");
            var numbers = stored.Readings.Select(reading => reading.Number).ToHashSet();
            Count.InDoubtAndStored += device.Unanswered.Count(message => numbers.Contains(message.Number));
            Count.InDoubtAndLost += device.Unanswered.Count(message => !numbers.Contains(message.Number));
            DeviceCheck.Twin(device, stored, Model(device, stored), ShadowVersion(device), _operators, IsOwn(device));
        }

        // Whoever had no answer sends again: now all of it is there, once.
        await Task.WhenAll(_senders.Select(sender => sender.SendAgain(_server!.MqttPort, () => sender.IsDevice ? IsOnline(sender.ClientId) : Task.CompletedTask)));
        foreach (var device in _devices)
        {
            var stored = await Read(device);
            DeviceCheck.History(device, stored);
            Assert.Equal(device.Messages.Count, stored.Readings.Count);
            DeviceCheck.Twin(device, stored, Model(device, stored), ShadowVersion(device), _operators, IsOwn(device));
            await CheckRollups(device, stored);
            await ResolveByHand(device, stored);
        }
    }

    private Task<StoredDevice> Read(LoadedDevice device) =>
        StoredDevice.Read(_server!.Api, device.Id, _startsAt - (long)LoadedDevice.Latest.TotalMilliseconds, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    // In the order in which they were taken: that in which they were sent, but for those that were refused and sent again.
    private static TwinModel Model(LoadedDevice device, StoredDevice stored) => TwinModel.Of(
        [.. stored.Readings.OrderBy(reading => reading.ReceivedAt).ThenBy(reading => reading.Number).Select(reading => device.Messages[reading.Number])],
        device.ResolvedByHand);

    private int ShadowVersion(LoadedDevice device) => _things.SingleOrDefault(thing => thing.Id == device.Id)?.Version ?? 0;

    private bool IsOwn(LoadedDevice device) => _senders.Any(sender => sender.IsDevice && sender.ClientId == device.Id);

    private async Task CheckRollups(LoadedDevice device, StoredDevice stored)
    {
        foreach (var metric in (string[])["seq", "level", "pump-running"])
        {
            var values = stored.Readings.Where(reading => reading.Values.ContainsKey(metric)).Select(reading => Convert.ToDouble(reading.Values[metric], null)).ToList();
            if (values.Count == 0)
                continue;

            var to = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.Equal(
                (values.Count, values.Min(), values.Max()),
                await StoredDevice.RolledUp(_server!.Api, device.Id, metric, _startsAt - (long)LoadedDevice.Latest.TotalMilliseconds, to));
        }
    }

    private async Task ResolveByHand(LoadedDevice device, StoredDevice stored)
    {
        var open = stored.Alerts.Where(DeviceCheck.IsOpen).ToList();
        if (open.Count == 0 || _random.Next(100) >= 20)
            return;

        var alert = open[_random.Next(open.Count)];
        await _server!.Api.Post($"alerts/{alert.GetProperty("alertId").GetString()}/resolve");
        device.ResolvedByHand.Add((device.Messages.Count, alert.GetProperty("ruleId").GetString()!));
    }

    private Task IsOnline(string device) => _devices.Single(one => one.Id == device).Messages.Count == 0
        ? Task.CompletedTask
        : Eventually.IsTrue($"{device} is online", async () => (await _server!.Api.Device(device))!.Value.GetProperty("status").GetString() == "online");

    /// <summary>Load on a disk that begins to fail, and recovers.</summary>
    /// <returns>False: the server was killed while it failed.</returns>
    private async Task<bool> SurvivesOutage()
    {
        var (due, done) = StartLoad();
        await due.Within(LoadLimit, "the load");
        await _disk.Begin(_server!, _random);
        Count.Outages++;
        if (_random.Next(3) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(0, 200)), TimeProvider.System);
            await _server!.Kill();
            await _disk.End(_server);
            await done.Within(LoadLimit, "the load to notice");
            Count.KilledInOutage++;
            return false;
        }

        // Nobody's message is acknowledged any more, so nobody goes on.
        await Task.WhenAny(done, Task.Delay(TimeSpan.FromMilliseconds(_random.Next(50, 400)), TimeProvider.System));
        Assert.False(_server!.HasExited, "The server did not survive.");
        foreach (var device in _devices.Where(device => device.Messages.Any(message => message.IsAcknowledged)))
            Assert.NotNull(await _server.Api.Device(device.Id));

        await _disk.End(_server);
        await Eventually.IsTrue("writes are taken again", async () => (await _server.Api.Http.GetAsync(new Uri(_server.Http, "/health/ready"))).IsSuccessStatusCode, LoadLimit);
        _stopOperators = true;
        await done.Within(LoadLimit, "the load");
        await CheckAndSettle();
        return true;
    }

    /// <summary>Everybody at once; due at some answer in the middle of it.</summary>
    private (Task Due, Task Done) StartLoad()
    {
        var messages = _senders.Select(_ => _random.Next(20, 160)).ToArray();
        var dueAt = _random.Next(1, messages.Sum());
        var answers = 0;
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stopOperators = false;
        var operators = Task.Run(() => _operators.Work(_server!.Api.Http, () => _stopOperators));
        var senders = Task.WhenAll(_senders.Select((sender, i) => sender.Load(_server!.MqttPort, messages[i], _random.Next(2, 64), () =>
        {
            Count.Answered();
            if (Interlocked.Increment(ref answers) == dueAt)
                due.TrySetResult();
        })));

        // On a disk that fails one could be refused, and one that was sent behind it taken.
        var shadows = _things.Select(thing => thing.Load(_server!.MqttPort, _random.Next(5, 60), _fails ? 1 : _random.Next(1, 6)));
        return (Task.WhenAny(due.Task, senders), Task.WhenAll([senders, operators, .. shadows]));
    }

    private async Task LoadUntilTheEnd()
    {
        await using var stream = await StreamWatch.Start(_server!.Http);
        var (due, done) = StartLoad();
        await due.Within(LoadLimit, "the load");
        await End();
        await done.Within(LoadLimit, "everybody to notice");
        await stream.Ended();
        CheckStream(stream);
    }

    private async Task End()
    {
        var way = _random.Next(100);
        if (way < 20)
        {
            // Stopping writes what a start would have to read again: killed in the middle of that too.
            _server!.Interrupt();
            if (way < 8)
            {
                await _server.Exited(StopLimit);
                Count.Stops++;
                _webhook.RunEndedCleanly();
                return;
            }

            Count.KilledStops++;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(0, way < 20 ? 300 : 30)), TimeProvider.System);
        await _server!.Kill();
    }

    /// <summary>Nobody was told of anything that was not durable yet, and each device's readings came in their order.</summary>
    private void CheckStream(StreamWatch stream)
    {
        var last = new Dictionary<string, int>();
        foreach (var (kind, data) in stream.Events.Where(one => one.Kind is "reading" or "status" or "device"))
        {
            var (device, version) = (data.GetProperty("deviceId").GetString()!, data.GetProperty("version").GetInt64());
            Count.StreamEvents++;
            _told[device] = Math.Max(_told.GetValueOrDefault(device), version);
            if (kind != "reading")
                continue;

            var number = data.GetProperty("metrics").GetProperty("seq").GetInt32();
            Assert.True(number > last.GetValueOrDefault(device, -1), $"{device}: the stream told of {number} after {last.GetValueOrDefault(device)}.");
            last[device] = number;
        }
    }

    private async Task CheckDeliveries()
    {
        var alerts = new List<JsonElement>();
        foreach (var device in _devices)
            alerts.AddRange((await Read(device)).Alerts);

        var expected = alerts.SelectMany(Steps).ToHashSet();
        await Eventually.IsTrue(
            $"all {expected.Count} steps of {alerts.Count} alerts are told",
            () => Task.FromResult(expected.IsSubsetOf(_webhook.Steps().Keys)),
            DeliveryLimit);

        Count.Notifications += expected.Count;
        var told = _webhook.Steps();
        Assert.Empty(told.Keys.Except(expected));
        foreach (var (step, keys) in told)
        {
            var (key, runs) = Assert.Single(keys);
            // What is told on a disk that fails cannot be recorded.
            Assert.True(
                _fails || runs.Count == runs.Distinct().Count(),
                $"{step} was told twice by one and the same run of the server ({string.Join(", ", runs)}), under {key}: {await _server!.Api.Get($"alerts/{step.Split('/')[0]}/deliveries")}");
            Count.ToldAgain += runs.Count - 1;
        }

        if (_fails)
            return;

        // A target's messages go out one after the other, each recorded before the next: a kill leaves one of them in doubt.
        foreach (var again in told.Values.SelectMany(keys => keys).SelectMany(key => key.Value.SkipLast(1).Select(run => (run, target: TargetOf(key.Key)))).GroupBy(again => again))
        {
            Assert.True(again.Count() == 1, $"Of what run {again.Key.run} told {again.Key.target}, {again.Count()} messages came again: it did not record them.");
            Assert.False(_webhook.EndedCleanly(again.Key.run), $"Run {again.Key.run} was not killed, and what it told {again.Key.target} came again.");
        }

    }

    // alert/step/channel/hash of the address
    private static string TargetOf(string key) => key.Split('/')[^1];

    private static IEnumerable<string> Steps(JsonElement alert)
    {
        var id = alert.GetProperty("alertId").GetString();
        var told = LoadRule.All.Single(rule => rule.Id == alert.GetProperty("ruleId").GetString()).Told;
        return told
            .Where(step => step == "triggered" || DeviceCheck.Has(alert, step == "acknowledged" ? "acknowledgedAt" : "resolvedAt"))
            .Select(step => $"{id}/{step}");
    }
}
