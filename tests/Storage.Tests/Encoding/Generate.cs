using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Encoding;

/// <summary>Generators of whatever is stored.</summary>
internal static class Generate
{
    public static readonly Gen<string> Text =
        Gen.Elements("", "a", "connected", "Grüße", "温度", "🔥 hot", "line\nbreak", new string('x', 256));

    public static readonly Gen<double> Number = Gen.OneOf(
        Gen.Choose(-1_000_000, 1_000_000).Select(n => (double)n),
        Gen.Choose(-1_000_000, 1_000_000).SelectMany(n => Gen.Choose(0, 7), (n, places) => n / Math.Pow(10, places)),
        Gen.Choose(-1_000_000, 1_000_000).Select(n => (double)(float)(n / 7.0)),
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite),
        Gen.Elements(0, -0.0, 0.1 + 0.2, double.Epsilon, double.MaxValue, double.MinValue, (double)(1L << 53), -(double)(1L << 53) - 2, 1e300, 1e-300, 100_000.000_001));

    public static readonly Gen<MetricValue> Value = Gen.Frequency(
        (6, Number.Select(MetricValue.Of)),
        (1, Gen.Elements(true, false).Select(MetricValue.Of)),
        (1, Text.Select(MetricValue.Of)));

    public static readonly Gen<MetricName> Name = Gen.Elements("temperature", "pressure", "cpu-percent", "温度", "valve open").Select(MetricName.Parse);

    /// <summary>Mostly soon after <see cref="Samples.Epoch"/>, now and then anywhere.</summary>
    public static readonly Gen<Domain.Instant> Time = Gen.Frequency(
        (9, Gen.Choose(0, 10_000_000).Select(at => At(at))),
        (1, Gen.Elements(Domain.Instant.MinValue, Domain.Instant.MaxValue, new Domain.Instant(0), new Domain.Instant(-1))));

    public static readonly Gen<Reading> Reading =
        from at in Time
        from delay in Gen.Choose(-5_000, 50_000)
        from metrics in Name.Zip(Value).Select(pair => new Metric(pair.Item1, pair.Item2)).NonEmptyListOf()
        from flags in Gen.Frequency((4, Gen.Constant(new List<ReadingFlag>())), (1, Flag.ListOf()))
        select new Reading(at, new Domain.Instant(at.UnixMilliseconds + delay), [.. metrics.DistinctBy(metric => metric.Name)]) { Flags = [.. flags] };

    public static readonly Gen<TwinEvent> Event = Gen.Frequency(
        (5, Recorded),
        (1, CameOnline),
        (1, Time.Zip(Text).Select(pair => (TwinEvent)new TwinEvent.WentOffline(pair.Item2, pair.Item1))),
        (1, Time.Zip(Description).Select(pair => (TwinEvent)new TwinEvent.Described(pair.Item2, pair.Item1))),
        (1, Time.Select(at => (TwinEvent)new TwinEvent.RulePending(TooHot, at))),
        (1, Time.Select(at => (TwinEvent)new TwinEvent.RuleCleared(TooHot, at))),
        (1, Time.Zip(Alert).Select(pair => (TwinEvent)new TwinEvent.AlertTriggered(pair.Item2, pair.Item1))),
        (1, Time.Zip(Text).Select(pair => (TwinEvent)new TwinEvent.MaintenanceBegan(pair.Item2, "ana", pair.Item1))),
        (1, Time.Zip(Text).Select(pair => (TwinEvent)new TwinEvent.MaintenanceEnded(pair.Item2, pair.Item1))),
        (1, AlertAcknowledged),
        (1, AlertResolved),
        (3, ShadowUpdated),
        (1, ShadowDeleted));

    public static Gen<ImmutableArray<TwinEvent>> Events => Event.ListOf().Select(events => events.ToImmutableArray());

    public static Gen<TwinCommand> ShadowCommand =>
        from at in Time
        from name in Shadow
        from patch in Patch
        from expected in Gen.Elements<long?>(null, 0, 7, long.MaxValue)
        from token in OptionalText
        from author in Text
        from session in Gen.Elements<SessionId?>(null, new SessionId(0), new SessionId(long.MaxValue))
        from deletes in Gen.Elements(false, true)
        select deletes
            ? (TwinCommand)new TwinCommand.DeleteShadow(name, expected, token, author, at)
            : new TwinCommand.UpdateShadow(name, patch, expected, token, author, session, at);

    public static ShadowPatch PatchOf(string state) =>
        ShadowRequest.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"state":{{state}}}"""), 6, out _, out _)!.State;

    private static Gen<ReadingFlag> Flag =>
        from name in Gen.Elements("temperature", "pressure", "never-sent")
        from breach in Gen.Elements(Enum.GetValues<Breach>())
        select new ReadingFlag(MetricName.Parse(name), breach);

    private static Gen<TwinEvent> Recorded =>
        from reading in Reading
        from key in Gen.Elements(0ul, 1ul, ulong.MaxValue)
        from sequence in Gen.Elements<MessageSequence?>(null, new MessageSequence(1, 0), new MessageSequence(ulong.MaxValue, MessageSequence.MaxNumber))
        select (TwinEvent)new TwinEvent.ReadingRecorded(reading, new MessageKey(key)) { Sequence = sequence };

    private static Gen<TwinEvent> CameOnline =>
        from at in Time
        from reason in Text
        from session in Gen.Elements<SessionId?>(null, new SessionId(0), new SessionId(long.MaxValue))
        select (TwinEvent)new TwinEvent.CameOnline(reason, session, at);

    private static Gen<TwinEvent> AlertAcknowledged =>
        from at in Time
        from alert in Alert
        from who in Text
        select (TwinEvent)new TwinEvent.AlertAcknowledged(alert.Id, who, at);

    private static Gen<TwinEvent> AlertResolved =>
        from at in Time
        from alert in Alert
        from how in Gen.Elements(Enum.GetValues<AlertResolution>())
        from who in OptionalText
        from until in Time
        select (TwinEvent)new TwinEvent.AlertResolved(alert.Id, how, who, until, at);

    private static Gen<ShadowName> Shadow => Gen.Elements(ShadowName.Classic, ShadowName.Parse("config"), ShadowName.Parse("$package"));

    private static Gen<ShadowPatch> Patch => Gen.Elements(
        "null",
        "{}",
        """{"desired":null}""",
        """{"desired":{},"reported":null}""",
        """{"desired":{"a":1.0,"b":{"c":"Grüße 🔥\n","d":[1,{"e":true}]}},"reported":{"a":1,"b":{"c":null}}}""",
        """{"desired":{"b":null,"a":2},"reported":{"x":{"y":{"z":-1e-3}}}}""").Select(PatchOf);

    private static Gen<TwinEvent> ShadowUpdated =>
        from at in Time
        from name in Shadow
        from patch in Patch
        from version in Gen.Choose(1, 100_000)
        from token in OptionalText
        from author in Text
        select (TwinEvent)new TwinEvent.ShadowUpdated(name, patch, version, token, author, at);

    private static Gen<TwinEvent> ShadowDeleted =>
        from at in Time
        from name in Shadow
        from version in Gen.Choose(1, 100_000)
        from token in OptionalText
        from author in Text
        select (TwinEvent)new TwinEvent.ShadowDeleted(name, version, token, author, at);

    private static Gen<string?> OptionalText => Gen.OneOf(Text.Select(text => (string?)text), Gen.Constant<string?>(null));

    private static Gen<DeviceDescription> Description =>
        from name in OptionalText
        from type in OptionalText
        from location in OptionalText
        from tags in Text.ListOf()
        from organisation in OptionalText
        from groups in Text.ListOf()
        from metadata in Text.ListOf()
        from firmware in OptionalText
        select new DeviceDescription(name, type, location, [.. tags])
        {
            Organisation = organisation,
            Site = location,
            Groups = [.. groups],
            Metadata = [.. metadata.Distinct().Order().Select(key => new MetadataEntry(key, key))],
            Firmware = firmware,
        };

    private static Gen<Alert> Alert =>
        from occurrence in Gen.Choose(1, 3)
        from value in Value
        from at in Time
        from severity in Gen.Elements(Enum.GetValues<Severity>())
        select new Alert(new AlertId(Boiler, TooHot, occurrence), "Too hot", occurrence, severity, "temperature > 70", Temperature, value, at);
}
