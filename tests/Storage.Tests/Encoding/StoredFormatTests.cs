using System.Buffers;
using System.Collections.Immutable;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Sessions;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Tests.Sessions;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Encoding;

/// <summary>
/// What is stored in the field must stay readable. <c>StoredSamples.txt</c> holds one line per form (name, bytes in hex). A line
/// there is never edited: a new form of the same thing gets a new format version, a new line, and the old one still decodes.
/// </summary>
public class StoredFormatTests
{
    private static readonly Alert Resolved = Alert(Boiler, 9, 1_000) with
    {
        Status = AlertStatus.Resolved,
        AcknowledgedAt = At(2_000),
        AcknowledgedBy = "alice",
        ResolvedAt = At(3_000),
        ResolvedBy = "bob",
        Resolution = AlertResolution.Manual,
    };

    private static readonly Reading SixKinds = new(At(0), At(42),
    [
        new(Temperature, MetricValue.Of(20.25)),
        new(Pressure, MetricValue.Of(1.0 / 3)),
        new(MetricName.Parse("single"), MetricValue.Of(0.1f)),
        new(MetricName.Parse("valve"), MetricValue.Of(true)),
        new(MetricName.Parse("pump"), MetricValue.Of(false)),
        new(MetricName.Parse("mode"), MetricValue.Of("größer")),
    ]);

    private static readonly Reading Flagged = Reading(1_000, 200) with { Flags = [new(Temperature, Breach.OutOfRange), new(Pressure, Breach.Missing)] };

    private static readonly DeviceDescription Described = new("Boiler", null, "cellar", ["a", "b"])
    {
        Organisation = "acme",
        Site = "plant-1/hall-2",
        Groups = ["heating", "night"],
        Metadata = [new("installed", "2024-05-01"), new("serial", "Ü-77")],
        Firmware = "1.4.2",
    };

    private static readonly ImmutableDictionary<string, TwinEvent> Events = new Dictionary<string, TwinEvent>
    {
        ["event.reading-recorded"] = new TwinEvent.ReadingRecorded(SixKinds, new MessageKey(0x0123_4567_89AB_CDEF)),
        ["event.reading-recorded.2.numbered"] = new TwinEvent.ReadingRecorded(SixKinds, new MessageKey(0x0123_4567_89AB_CDEF)) { Sequence = new(0xFEDC_BA98_7654_3210, 4_711) },
        ["event.reading-recorded.without-key"] = Recorded(1_000, -3.5),
        ["event.came-online"] = new TwinEvent.CameOnline("connected", new SessionId(7), At(1)),
        ["event.came-online.without-session"] = new TwinEvent.CameOnline("reading received", null, At(1)),
        ["event.went-offline"] = new TwinEvent.WentOffline("no reading for 60 s", At(2)),
        ["event.reading-recorded.2.flagged"] = Recorded(Flagged),
        ["event.reading-recorded.2.both"] = new TwinEvent.ReadingRecorded(Flagged, MessageKey.None) { Sequence = new(1, 2) },
        ["event.maintenance-began"] = new TwinEvent.MaintenanceBegan("new bearings", "ana", At(8)),
        ["event.maintenance-ended"] = new TwinEvent.MaintenanceEnded("ana", At(9)),
        ["event.described.2"] = new TwinEvent.Described(Described, At(3)),
        ["event.shadow-updated"] = new TwinEvent.ShadowUpdated(
            ShadowName.Classic, Generate.PatchOf("""{"desired":{"a":{"b":1.0,"c":null}},"reported":null}"""), 7, "token", "alice", At(12)),
        ["event.shadow-updated.null"] = new TwinEvent.ShadowUpdated(ShadowName.Parse("config"), ShadowPatch.Everything, 8, null, "boiler-1", At(13)),
        ["event.shadow-deleted"] = new TwinEvent.ShadowDeleted(ShadowName.Parse("config"), 8, "token", "alice", At(14)),
        ["event.rule-pending"] = new TwinEvent.RulePending(TooHot, At(4)),
        ["event.rule-cleared"] = new TwinEvent.RuleCleared(TooHot, At(5)),
        ["event.alert-triggered"] = Triggered(Alert(Boiler, 9, 1_000)),
        ["event.alert-acknowledged"] = new TwinEvent.AlertAcknowledged(Resolved.Id, "alice", At(6)),
        ["event.alert-resolved"] = new TwinEvent.AlertResolved(Resolved.Id, AlertResolution.Manual, "bob", At(99), At(7)),
    }.ToImmutableDictionary();

    private static readonly ImmutableArray<Shadow> Shadows =
    [
        new Shadow(ShadowName.Classic, 6)
            .Updated(Generate.PatchOf("""{"desired":{"color":{"r":255,"g":1.0}},"reported":{"color":{"r":255},"modes":["a",2]}}"""), "alice", At(1_000))
            .Updated(Generate.PatchOf("""{"desired":{"on":true}}"""), "Bö", At(5_000)),
        new Shadow(ShadowName.Parse("config"), 3).Deleted(At(9_000)),
    ];

    private static readonly Twin FullTwin = new(Boiler)
    {
        Version = 12,
        Description = Described,
        Connectivity = DeviceStatus.Online,
        ConnectivityReason = "connected",
        ConnectivitySince = At(1),
        Session = new SessionId(7),
        LastSeen = At(42),
        GraceUntil = At(60_000),
        Readings = LastValues.None.With(SixKinds),
        RecentMessages = RecentMessages.Of([new(1), new(2)]),
        Rules = [new RuleState(TooHot, RulePhase.Firing, At(1_000), Resolved.Id, At(301_000))],
        OpenAlerts = [Alert(Boiler, 9, 1_000)],
        Shadows = Shadows,
        Sequences = RecentSequences.None.Add(new(1, 7)).Add(new(0xFEDC_BA98_7654_3210, 1)).Add(new(0xFEDC_BA98_7654_3210, 100)),
        Clock = new ClockSkew(At(1), -42, 1_500),
        Flags = Flagged.Flags,
        Maintenance = new(At(50), "new bearings", "ana"),
    };

    private static readonly Dictionary<string, string> Stored = ReadSamples();

    public static TheoryData<string> EventNames => [.. Events.Keys.Order()];

    [Theory]
    [MemberData(nameof(EventNames))]
    public void A_stored_event_still_reads_and_is_still_written_so(string name) =>
        Check(name, target => TwinEventCodec.Encode(target, Events[name]), bytes => Assert.Equal(Events[name], TwinEventCodec.Decode(bytes)));

    [Fact]
    public void A_stored_twin_still_reads_and_is_still_written_so() =>
        Check("twin.2", target => TwinCodec.Encode(target, FullTwin), bytes => Assert.Equal(FullTwin, TwinCodec.Decode(bytes)));

    [Fact]
    public void A_twin_stored_by_the_first_release_still_reads()
    {
        var first = new DeviceDescription("Boiler", "heater", null, ["cellar"]);
        Assert.Equal(
            FullTwin with { Description = first, Shadows = [], Sequences = RecentSequences.None, Clock = null, Flags = [], Maintenance = null },
            TwinCodec.Decode(Convert.FromHexString(Stored["twin"])));
    }

    [Fact]
    public void A_description_stored_by_the_first_release_still_reads() =>
        Assert.Equal(
            new TwinEvent.Described(new DeviceDescription("Boiler", null, "cellar", ["a", "b"]), At(3)),
            TwinEventCodec.Decode(Convert.FromHexString(Stored["event.described"])));

    [Fact]
    public void A_stored_alert_still_reads_and_is_still_written_so() =>
        Check("alert", target => AlertCodec.Encode(target, Resolved), bytes => Assert.Equal(Resolved, AlertCodec.Decode(bytes)));

    [Fact]
    public void A_stored_rule_still_reads_and_is_still_written_so() =>
        Check("rule", target => RuleCodec.Encode(target, Rule("too-hot")), bytes => Assert.Equal(Rule("too-hot"), RuleCodec.Decode(bytes)));

    [Fact]
    public void A_stored_row_of_the_log_still_reads_and_is_still_written_so()
    {
        var row = new LogRowWriter();
        row.Start();
        row.Add(1, 1, [Recorded(SixKinds), Recorded(1_000, 21)]);
        row.Add(300, 41, [Recorded(2_000, 22)]);
        var written = row.Finish().ToArray();

        Check("log-row", target => target.Write(written), bytes =>
        {
            var read = LogRow.Parse(1, bytes);
            var records = read.Records().ToArray();
            Assert.Equal([(1L, 1L, 2), (300L, 41L, 1)], records.Select(record => (record.Device, record.FirstVersion, record.Count)));
            Assert.Equal([Recorded(SixKinds), Recorded(1_000, 21), Recorded(2_000, 22)], records.SelectMany(read.Events));
        });
    }

    [Fact]
    public void Stored_events_of_a_device_still_read_and_are_still_written_so()
    {
        string[] names =
        [
            "alert-acknowledged", "alert-resolved", "alert-triggered", "came-online", "came-online.without-session", "described.2",
            "reading-recorded", "reading-recorded.without-key", "rule-cleared", "rule-pending", "went-offline",
        ];
        var events = names.Select((name, i) => new JournaledEvent(41 + (i * i), Events[$"event.{name}"])).ToList();
        var chunk = new EventChunk(41);
        foreach (var (version, twinEvent) in events)
            chunk.Add(version, twinEvent);

        Assert.Equal((41, events[^1].Version), (chunk.FirstVersion, chunk.LastVersion));
        Check("event-chunk", target => target.Write(chunk.Finish()), bytes => Assert.Equal(events, EventChunk.ReadStored(bytes)));
    }

    [Fact]
    public void A_stored_chunk_of_readings_still_reads_and_is_still_written_so()
    {
        Reading[] readings = [SixKinds, Reading(1_000, 20.5), Reading(500, 20.375), SixKinds with { At = At(2_000) }];
        var buffer = new ReadingChunkWriter();
        foreach (var reading in readings)
            buffer.Add(reading);

        var written = buffer.Bytes.ToArray();
        Check("reading-chunk", target => target.Write(written), bytes =>
        {
            var reader = new ReadingChunkReader(bytes);
            Assert.All(readings, reading =>
            {
                Assert.True(reader.Read());
                Assert.Equal(reading, reader.ToReading());
            });
            Assert.False(reader.Read());
        });
    }

    [Fact]
    public void A_stored_chunk_with_flagged_readings_still_reads_and_is_still_written_so()
    {
        Reading[] readings = [Reading(0, 20), Flagged, Reading(2_000, 21), Flagged with { At = At(3_000) }];
        var buffer = new ReadingChunkWriter();
        foreach (var reading in readings)
            buffer.Add(reading);

        var written = buffer.Bytes.ToArray();
        Check("reading-chunk.2", target => target.Write(written), bytes =>
        {
            var reader = new ReadingChunkReader(bytes);
            Assert.All(readings, reading =>
            {
                Assert.True(reader.Read());
                Assert.Equal(reading, reader.ToReading());
            });
            Assert.False(reader.Read());
        });
    }

    [Fact]
    public void A_stored_device_type_still_reads_and_is_still_written_so() =>
        Check("device-type", target => DeviceTypeCodec.Encode(target, DeviceType("pump")), bytes => Assert.Equal(DeviceType("pump"), DeviceTypeCodec.Decode(bytes)));

    [Fact]
    public void Stored_roll_ups_of_an_hour_still_read_and_are_still_written_so()
    {
        var hour = new RollupBlock(RollupLevel.Minute);
        hour.Add(Temperature, 0, 20.5);
        hour.Add(Temperature, 1, 21);
        hour.Add(Pressure, 59 * 60_000, 3);
        var buffer = new ByteBuffer(16);
        hour.Write(buffer);

        var written = buffer.Written.ToArray();
        Check("rollup-hour-2", target => target.Write(written), IsAsAdded);
        IsAsAdded(Convert.FromHexString(Stored["rollup-hour"]));

        static void IsAsAdded(byte[] bytes)
        {
            var minutes = new Rollup[60];
            Assert.True(RollupBlock.TryRead(bytes, "temperature"u8, minutes));
            Assert.Equal((2, 20.5, 21, 41.5), (minutes[0].Count, minutes[0].Min, minutes[0].Max, minutes[0].Sum));
            Assert.True(RollupBlock.TryRead(bytes, "pressure"u8, minutes));
            Assert.Equal((0, 1, 3), (minutes[0].Count, minutes[59].Count, minutes[59].Sum));
            Assert.False(RollupBlock.TryRead(bytes, "humidity"u8, minutes));
        }
    }

    [Fact]
    public void A_stored_message_of_a_session_still_reads_and_is_still_written_so()
    {
        var message = SessionSamples.FullMessage("a/ü");
        Check("session-message", target => target.Write(MessageBody.Encode(message)), bytes =>
        {
            var read = MessageBody.Decode(bytes);
            Assert.Equal((message.QoS, message.Retain, message.ExpiresAt), (read.QoS, read.Retain, read.ExpiresAt));
            Assert.Equal(message.Topic.ToArray(), read.Topic.ToArray());
            Assert.Equal(message.Properties.ToArray(), read.Properties.ToArray());
            Assert.Equal(message.Payload.ToArray(), read.Payload.ToArray());
        });
    }

    private static void Check(string name, Action<IBufferWriter<byte>> write, Action<byte[]> read)
    {
        var target = new ArrayBufferWriter<byte>();
        write(target);
        var written = Convert.ToHexStringLower(target.WrittenSpan);
        Assert.True(Stored.TryGetValue(name, out var stored), $"StoredSamples.txt has no line for what is now written:\n{name} {written}");
        read(Convert.FromHexString(stored));
        Assert.True(stored == written, $"The stored form changed without a new format version; it is now:\n{name} {written}");
    }

    private static Dictionary<string, string> ReadSamples()
    {
        using var reader = new StreamReader(typeof(StoredFormatTests).Assembly.GetManifestResourceStream("StoredSamples.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);
    }
}
