using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.Storage.Sqlite.Database;
using static OrleansIot.Storage.Tests.Samples;
using Instant = OrleansIot.Domain.Instant;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>Bytes that go bad in what is neither an event nor a reading: found, told, never served, and nothing else is lost by it.</summary>
public sealed class GuardedDamageTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const long Hour = 3_600_000;
    private const int Hours = 30;

    private readonly StoreDirectory _directory = new();

    [Theory]
    [InlineData("alert", "body", "id LIKE 'boiler%'", "alert boiler-1")]
    [InlineData("alert", "acknowledged_by", "id LIKE 'boiler%'", "alert boiler-1")]
    [InlineData("rule", "body", "id = 'bad'", "rule bad")]
    [InlineData("device_type", "body", "id = 'bad'", "type bad")]
    [InlineData("outbox", "alert", "id = 'bad'", "message bad", "due bad")]
    [InlineData("outbox", "target", "id = 'bad'", "message bad", "due bad")]
    [InlineData("outbox", "attempts", "id = 'bad'", "message bad", "due bad")]
    [InlineData("session", "expiry_seconds", "client = 'bad'", "session bad", "subscription bad", "received bad", "owed bad", "will bad")]
    [InlineData("subscription", "options", "filter = 'bad/#'", "subscription bad")]
    [InlineData("received", "packet", "packet = 7", "received bad")]
    [InlineData("message", "payload", "topic = CAST('owed/bad' AS BLOB)", "owed bad")]
    [InlineData("message", "topic", "topic = CAST('owed/bad' AS BLOB)", "owed bad")]
    [InlineData("message", "qos", "topic = CAST('owed/bad' AS BLOB)", "owed bad")]
    [InlineData("delivery", "packet", "packet = 9", "owed bad")]
    [InlineData("will", "payload", "topic = CAST('will/bad' AS BLOB)", "will bad")]
    [InlineData("retained", "payload", "topic = CAST('retained/bad' AS BLOB)", "retained retained/bad")]
    [InlineData("rollup_hour", "body", "device = 1 AND hour = (SELECT min(hour) FROM rollup_hour)", "minutes boiler-1")]
    [InlineData("rollup_coarse", "body", "device = 1 AND resolution = 3 AND block = (SELECT min(block) FROM rollup_coarse WHERE resolution = 3)", "hours boiler-1")]
    public async Task A_value_that_went_bad_is_found_told_and_not_served_and_the_rest_is(string table, string column, string row, params string[] lost)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Fill();
        var all = await Served(await _directory.Open());
        await _directory.Close();
        Assert.Empty(DataCheck.OfFolder(_directory.Path, default));
        Assert.Equal(1, _directory.Number($"SELECT count(*) FROM {table} WHERE {row}"));
        Spoil(table, column, row, random);

        Assert.Single(DataCheck.OfFolder(_directory.Path, default));
        var store = await _directory.Open();
        Assert.Equal(all.Except(lost), await Served(store));
        Assert.Equal(HealthStatus.Degraded, (await store.Damage.CheckHealthAsync(new HealthCheckContext(), default)).Status);
        await _directory.Close();

        var told = DataRepair.Run(_directory.Path, TimeProvider.System, default);
        Assert.Contains("damaged and left out", told[0], StringComparison.Ordinal);
        Assert.Empty(DataCheck.OfFolder(_directory.Path, default));
        Assert.Equal(["Nothing is damaged, and nothing was changed."], DataRepair.Run(_directory.Path, TimeProvider.System, default));

        // Roll-ups are served again without it: the rest of the chart is right.
        store = await _directory.Open();
        Assert.Equal(table.StartsWith("rollup", StringComparison.Ordinal) ? all : all.Except(lost), await Served(store));
        Assert.Equal(HealthStatus.Healthy, (await store.Damage.CheckHealthAsync(new HealthCheckContext(), default)).Status);
    }

    [Fact]
    public async Task A_damaged_alert_asked_for_by_its_id_is_no_answer()
    {
        await Fill();
        await _directory.Close();
        Spoil("alert", "body", "id LIKE 'boiler%'", new Random(1));
        var store = await _directory.Open();

        Assert.Equal("store.damaged", (await Assert.ThrowsAsync<StoreException>(async () => await store.Alerts.Find(BoilerAlert.Id, default))).Code);
        Assert.NotNull(await store.Alerts.Find(PumpAlert.Id, default));
    }

    [Fact]
    public async Task A_damaged_row_that_is_changed_does_not_seem_whole_after_it()
    {
        await Fill();
        await _directory.Close();
        Spoil("alert", "body", "id LIKE 'boiler%'", new Random(1));
        Spoil("outbox", "target", "id = 'bad'", new Random(1));
        Spoil("rollup_hour", "body", "device = 1 AND hour = (SELECT max(hour) FROM rollup_hour)", new Random(1));
        var store = await _directory.Open();

        await store.Journal.Append(Append(Boiler, Hours + 2, new TwinEvent.AlertResolved(BoilerAlert.Id, Domain.Alerts.AlertResolution.Manual, "bob", At(0) + TimeSpan.FromHours(1), At(3))), default);
        await store.Outbox.Record(Message("bad", BoilerAlert, 0), Application.Notifications.DeliveryStatus.Delivered, 1, At(1), At(1), "200", default);
        await store.Journal.Append(Append(Boiler, Hours + 3, Recorded(((Hours - 1) * Hour) + 60_000, 2)), default);
        await _directory.Close();

        Assert.Equal(3, DataCheck.OfFolder(_directory.Path, default).Count);
    }

    [Fact]
    public async Task A_damaged_notification_does_not_keep_others_from_being_found_due()
    {
        await Fill();
        await _directory.Close();
        _directory.Execute("UPDATE outbox SET due_at = 0 WHERE id = 'bad'");
        var store = await _directory.Open();

        Assert.Equal(["good"], (await store.Outbox.Due(Instant.MaxValue, 1, default)).Select(delivery => delivery.Message.Id));
        Assert.Equal(At(0), await store.Outbox.NextDue(default));
    }

    [Fact]
    public async Task A_notification_whose_end_went_bad_is_not_sent_again()
    {
        await Fill();
        var store = await _directory.Open();
        await store.Outbox.Record(Message("bad", BoilerAlert, 0), Application.Notifications.DeliveryStatus.Delivered, 1, At(1), At(1), "200", default);
        await _directory.Close();
        _directory.Execute("UPDATE outbox SET status = 0 WHERE id = 'bad'");
        store = await _directory.Open();

        Assert.Equal(["good"], (await store.Outbox.Due(Instant.MaxValue, 10, default)).Select(delivery => delivery.Message.Id));
    }

    [Fact]
    public async Task A_session_that_was_damaged_begins_anew_with_nothing_of_before()
    {
        await Fill();
        await _directory.Close();
        Spoil("session", "expiry_seconds", "client = 'bad'", new Random(1));
        var store = await _directory.Open();
        await store.Sessions.Append([new SessionChange.Kept("bad", 60, null), new SessionChange.Subscribed("bad", new StoredSubscription("new/#", 1, null))], default);

        store = await _directory.Open();

        var session = (await store.Sessions.Load(default)).Sessions.Single(session => session.ClientId == "bad");
        Assert.Equal(["new/#"], session.Subscriptions.Select(one => one.Filter));
        Assert.Equal((60u, 0, 0), (session.ExpirySeconds, session.Owed.Count, session.Received.Count));
        await _directory.Close();
        Assert.Empty(DataCheck.OfFolder(_directory.Path, default));
    }

    [Fact]
    public async Task Rows_of_a_release_without_checksums_are_read_and_get_one_when_they_are_written_next()
    {
        await Fill();
        var all = await Served(await _directory.Open());
        await _directory.Close();
        string[] tables = ["alert", "rule", "device_type", "outbox", "session", "subscription", "received", "message", "delivery", "will", "retained", "rollup_hour", "rollup_coarse"];
        foreach (var table in tables)
        {
            Assert.Equal(0, _directory.Number($"SELECT count(*) FROM {table} WHERE checksum IS NULL"));
            _directory.Execute($"UPDATE {table} SET checksum = NULL");
        }

        var store = await _directory.Open();
        Assert.Equal(all, await Served(store));
        Assert.Equal(HealthStatus.Healthy, (await store.Damage.CheckHealthAsync(new HealthCheckContext(), default)).Status);

        await store.Rules.Put(Rule("bad", version: 2), default);
        await store.DeviceTypes.Put(DeviceType("bad") with { Version = 2 }, default);
        await store.Outbox.Record(Message("bad", BoilerAlert, 0), Application.Notifications.DeliveryStatus.Delivered, 1, At(1), At(1), "200", default);
        await store.Journal.Append(Append(Boiler, Hours + 2, new TwinEvent.AlertResolved(BoilerAlert.Id, Domain.Alerts.AlertResolution.Manual, "bob", At(0) + TimeSpan.FromHours(1), At(3))), default);
        await store.Journal.Append(Append(Boiler, Hours + 3, Recorded(((Hours - 1) * Hour) + 60_000, 2)), default);
        await store.Sessions.Append(
            [
                new SessionChange.Kept("bad", 60, null), new SessionChange.Subscribed("bad", new StoredSubscription("bad/#", 2, null)),
                new SessionChange.Sent("bad", 1, 11), new SessionChange.WillDue("bad", new StoredWill(Stored("will/bad"), At(8))), new SessionChange.Retained(Stored("retained/bad")),
            ],
            default);
        await _directory.Close();

        foreach (var table in tables.Except(["received", "message", "rollup_coarse"]))
            Assert.Equal(1, _directory.Number($"SELECT count(*) FROM {table} WHERE checksum IS NOT NULL"));

        Assert.Empty(DataCheck.OfFolder(_directory.Path, default));
    }

    [Fact]
    public async Task Repair_makes_an_open_alert_anew_from_its_device()
    {
        await Fill();
        var store = await _directory.Open();
        var open = Acknowledged(BoilerAlert);
        await store.Snapshots.Save([new(Boiler) { Version = Hours + 2, OpenAlerts = [open] }], default);
        await _directory.Close();
        Spoil("alert", "body", "id LIKE 'boiler%'", new Random(1));

        var told = DataRepair.Run(_directory.Path, TimeProvider.System, default);

        Assert.Contains(told, line => line.Contains("made anew", StringComparison.Ordinal));
        store = await _directory.Open();
        Assert.Equal(open, await store.Alerts.Find(open.Id, default));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private static Domain.Alerts.Alert BoilerAlert => Alert(Boiler, 1, 0);

    private static Domain.Alerts.Alert PumpAlert => Alert(Pump, 1, 0);

    private static Domain.Alerts.Alert Acknowledged(Domain.Alerts.Alert alert) => alert with { Status = Domain.Alerts.AlertStatus.Acknowledged, AcknowledgedAt = At(2), AcknowledgedBy = "alice" };

    private static StoredMessage Stored(string topic) =>
        new(System.Text.Encoding.UTF8.GetBytes(topic), topic.StartsWith("will", StringComparison.Ordinal) ? Array.Empty<byte>() : [1, 0], System.Text.Encoding.UTF8.GetBytes($"what is said on {topic}"), 1, Retain: false, At(100 * Hour));

    /// <summary>Two of everything.</summary>
    private async Task Fill()
    {
        var store = await _directory.Open();
        foreach (var id in (string[])["bad", "good"])
        {
            await store.Rules.Put(Rule(id), default);
            await store.DeviceTypes.Put(DeviceType(id), default);
        }

        foreach (var (alert, id) in ((Domain.Alerts.Alert, string)[])[(BoilerAlert, "bad"), (PumpAlert, "good")])
        {
            await store.Journal.Append(
                new(alert.Id.Device, 0, [Triggered(alert), new TwinEvent.AlertAcknowledged(alert.Id, "alice", At(2))], [Message(id, alert, 0) with { Target = $"https://example.org/{id}" }]), default);
            await store.Journal.Append(Append(alert.Id.Device, 2, [.. Enumerable.Range(0, Hours).Select(hour => Recorded(hour * Hour, alert == BoilerAlert ? hour : -hour))]), default);
        }

        await store.Sessions.Append([.. ((string, ushort)[])[("bad", 7), ("good", 8)] is var clients ? clients.SelectMany((client, i) => Life(client.Item1, client.Item2, i + 1)) : []], default);
    }

    private static IEnumerable<SessionChange> Life(string client, ushort packet, int number) =>
    [
        new SessionChange.Kept(client, 3_600, At(5)),
        new SessionChange.Subscribed(client, new StoredSubscription($"{client}/#", 1, 17)),
        new SessionChange.Received(client, packet),
        new SessionChange.Owed(Stored($"owed/{client}"), [new StoredDelivery(client, number, 2, false, [17])]),
        new SessionChange.Sent(client, number, (ushort)(packet + 2)),
        new SessionChange.WillDue(client, new StoredWill(Stored($"will/{client}"), At(9))),
        new SessionChange.Retained(Stored($"retained/{client}")),
    ];

    /// <summary>Everything that is served, each exactly as it was written.</summary>
    private static async Task<List<string>> Served(SqliteStore store)
    {
        var served = new List<string>();
        foreach (var alert in (await store.Alerts.List(new AlertQuery(Limit: 10), default)).Items)
        {
            Assert.Equal(Acknowledged(Alert(alert.Id.Device, 1, 0)), alert);
            served.Add($"alert {alert.Id.Device}");
        }

        foreach (var rule in await store.Rules.List(default))
        {
            Assert.Equal(Rule(rule.Id.Value), rule);
            served.Add($"rule {rule.Id}");
        }

        foreach (var type in await store.DeviceTypes.List(default))
        {
            Assert.Equal(DeviceType(type.Id.Value), type);
            served.Add($"type {type.Id}");
        }

        foreach (var delivery in await store.Outbox.Latest(10, default))
        {
            Assert.Equal(($"https://example.org/{delivery.Message.Id}", 0), (delivery.Message.Target, delivery.Attempts));
            served.Add($"message {delivery.Message.Id}");
        }

        served.AddRange((await store.Outbox.Due(At(1), 10, default)).Select(delivery => $"due {delivery.Message.Id}"));
        var messaging = await store.Sessions.Load(default);
        foreach (var session in messaging.Sessions)
        {
            Assert.Equal((3_600u, At(5)), (session.ExpirySeconds, session.EndedAt));
            served.Add($"session {session.ClientId}");
            served.AddRange(session.Subscriptions.Where(one => one == new StoredSubscription($"{session.ClientId}/#", 1, 17)).Select(_ => $"subscription {session.ClientId}"));
            served.AddRange(session.Received.Where(packet => packet is 7 or 8).Select(_ => $"received {session.ClientId}"));
            served.AddRange(session.Owed.Where(owed => owed.PacketId is 9 or 10 && IsWhole(owed.Message, $"owed/{session.ClientId}")).Select(_ => $"owed {session.ClientId}"));
            if (session.Will is { } will && IsWhole(will.Message, $"will/{session.ClientId}"))
                served.Add($"will {session.ClientId}");
        }

        foreach (var message in messaging.Retained)
        {
            var topic = System.Text.Encoding.UTF8.GetString(message.Topic.Span);
            Assert.True(IsWhole(message, topic));
            served.Add($"retained {topic}");
        }

        foreach (var device in (DeviceId[])[Boiler, Pump])
        {
            foreach (var (resolution, name) in ((HistoryResolution, string)[])[(HistoryResolution.Minute, "minutes"), (HistoryResolution.Hour, "hours")])
            {
                try
                {
                    Assert.NotEmpty((await store.History.Query(new SeriesQuery(device, Temperature, At(0), At(Hours * Hour), 5_000, resolution), default)).Points);
                    served.Add($"{name} {device}");
                }
                catch (StoreException e) when (e.Code == "store.damaged")
                {
                    // Not served, and said.
                }
            }
        }

        return served;
    }

    private static bool IsWhole(StoredMessage message, string topic) =>
        message.Topic.Span.SequenceEqual(Stored(topic).Topic.Span) && message.Properties.Span.SequenceEqual(Stored(topic).Properties.Span)
        && message.Payload.Span.SequenceEqual(Stored(topic).Payload.Span) && (message.QoS, message.Retain, message.ExpiresAt) == (1, false, At(100 * Hour));

    /// <summary>Flips a bit of the value's bytes where they are in the file; by SQL what is too short to be found there, or is there twice.</summary>
    private void Spoil(string table, string column, string row, Random random)
    {
        byte[] bytes;
        string key;
        using (var database = SqliteDatabase.Open(_directory.File, readOnly: true, TimeSpan.FromSeconds(2)))
        {
            using var value = database.Statement($"SELECT CAST({column} AS BLOB), typeof({column}) FROM {table} WHERE {row}");
            Assert.True(value.Step());
            (bytes, key) = (value.Blob(0).ToArray(), value.Text(1));
        }

        if (key == "integer")
        {
            _directory.Execute($"UPDATE {table} SET {column} = {column} + {1 << random.Next(10)} WHERE {row}");
            return;
        }

        var spoilt = bytes.ToArray();
        spoilt[random.Next(spoilt.Length)] ^= (byte)(1 << random.Next(8));
        var file = File.ReadAllBytes(_directory.File);
        var place = file.AsSpan().IndexOf(bytes);
        if (bytes.Length >= 8 && file.AsSpan(place + 1).IndexOf(bytes) < 0)
        {
            spoilt.CopyTo(file, place);
            File.WriteAllBytes(_directory.File, file);
        }
        else
        {
            _directory.Execute($"UPDATE {table} SET {column} = CAST(x'{Convert.ToHexString(spoilt)}' AS {key}) WHERE {row}");
        }
    }
}
