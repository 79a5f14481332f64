using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Tests;

/// <summary>Whatever may travel between silos.</summary>
internal static class AnyMessage
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "Grüße", "温度", "🔥 hot", "line\nbreak", new string('x', 256));

    private static readonly Gen<Instant> Time = Gen.OneOf(
        Gen.Choose(0, int.MaxValue).Select(at => new Instant(1_700_000_000_000 + at)),
        Gen.Elements(Instant.MinValue, Instant.MaxValue, new Instant(-1)));

    private static readonly Gen<MetricValue> Value = Gen.OneOf(
        Gen.Choose(-100_000, 100_000).Select(number => MetricValue.Of(number / 7.0)),
        Gen.Elements(true, false).Select(MetricValue.Of),
        Text.Select(MetricValue.Of));

    private static readonly Gen<Reading> Reading =
        from at in Gen.Choose(0, int.MaxValue).Select(at => new Instant(at))
        from delay in Gen.Choose(-5_000, 50_000)
        from metrics in Gen.Elements("t", "cpu-percent", "温度").Select(MetricName.Parse).Zip(Value).Select(pair => new Metric(pair.Item1, pair.Item2)).NonEmptyListOf()
        select new Reading(at, new Instant(at.UnixMilliseconds + delay), [.. metrics.DistinctBy(metric => metric.Name)]);

    private static readonly Gen<SessionId> Session = Gen.Elements(new SessionId(0), new SessionId(long.MaxValue), new SessionId(long.MinValue), new SessionId(77));

    private static readonly Gen<AlertId> AlertOf = Gen.Choose(1, 9).Select(n => new AlertId(DeviceId.Parse("d:1"), RuleId.Parse("r_2"), n));

    private static readonly Gen<DeviceDescription> Description =
        from name in Text
        from type in Gen.Elements<string?>(null, "pump")
        from tags in Text.ListOf()
        from site in Gen.Elements<string?>(null, "plant-1/hall-2")
        select new DeviceDescription(name, type, null, [.. tags])
        {
            Organisation = site,
            Site = site,
            Groups = [.. tags],
            Metadata = site is null ? [] : [new MetadataEntry("serial", name)],
            Firmware = type,
        };

    private static readonly Gen<TwinCommand> Ingest =
        from reading in Reading
        from key in Gen.Elements(0ul, 1ul, ulong.MaxValue)
        from isMessageId in Gen.Elements(true, false)
        from redelivered in Gen.Elements(true, false)
        from session in Gen.OneOf(Session.Select(open => (SessionId?)open), Gen.Constant<SessionId?>(null))
        select (TwinCommand)new TwinCommand.Ingest(reading, new MessageKey(key), isMessageId, redelivered, session);

    private static readonly Gen<ShadowName> ShadowOf = Gen.Elements(ShadowName.Classic, ShadowName.Parse("config"), ShadowName.Parse("$jobs:1"));

    private static readonly Gen<ShadowPatch> Patch = Gen.Elements(
            "null", "{}", """{"desired": null}""", """{"desired": {"a": {"b": [1, "ü"], "c": null}}, "reported": {"温度": 1.50}}""", """{"reported": {"on": true}}""")
        .Select(state => ShadowRequest.Read(Encoding.UTF8.GetBytes($$"""{"state": {{state}}}"""), 6, out _, out _)!.State);

    private static readonly Gen<TwinCommand> UpdateShadow =
        from name in ShadowOf
        from patch in Patch
        from expected in Gen.Elements<long?>(null, 0, 7, long.MaxValue)
        from token in Gen.OneOf(Text, Gen.Constant<string?>(null)!)
        from author in Text
        from session in Gen.OneOf(Session.Select(open => (SessionId?)open), Gen.Constant<SessionId?>(null))
        from at in Time
        select (TwinCommand)new TwinCommand.UpdateShadow(name, patch, expected, token, author, session, at);

    public static readonly Gen<TwinCommand> Command = Gen.OneOf(
        UpdateShadow,
        ShadowOf.Zip(Text).Zip(Time).Select(two => (TwinCommand)new TwinCommand.DeleteShadow(two.Item1.Item1, 3, null, two.Item1.Item2, two.Item2)),
        Text.Zip(Text).Zip(Time).Select(two => (TwinCommand)new TwinCommand.SetMaintenance(two.Item1.Item1.Length > 0, two.Item1.Item1, two.Item1.Item2, two.Item2)
        {
            Expected = (two.Item1.Item1.Length % 3) switch
            {
                0 => null,
                1 => new SeenMaintenance(null),
                _ => new SeenMaintenance(new Maintenance(two.Item2, two.Item1.Item2, two.Item1.Item1)),
            },
        }),
        Ingest,
        Session.Zip(Time).Select(two => (TwinCommand)new TwinCommand.OpenSession(two.Item1, two.Item2)),
        Session.Zip(Text).Zip(Time).Select(two => (TwinCommand)new TwinCommand.CloseSession(two.Item1.Item1, two.Item1.Item2, two.Item2)),
        Description.Zip(Time).Select(two => (TwinCommand)new TwinCommand.Describe(two.Item1, two.Item2)),
        Description.Zip(Description).Zip(Time).Select(two => (TwinCommand)new TwinCommand.Describe(two.Item1.Item1, two.Item2, two.Item1.Item2)),
        AlertOf.Zip(Text).Zip(Time).Select(two => (TwinCommand)new TwinCommand.AcknowledgeAlert(two.Item1.Item1, two.Item1.Item2, two.Item2)),
        AlertOf.Zip(Text).Zip(Time).Select(two => (TwinCommand)new TwinCommand.ResolveAlert(two.Item1.Item1, two.Item1.Item2, two.Item2)),
        Time.Select(at => (TwinCommand)new TwinCommand.Review(at)));

    public static readonly Gen<ImmutableArray<TwinEvent>> Events = Gen.OneOf(
        Reading.Select(reading => (TwinEvent)new TwinEvent.ReadingRecorded(reading, MessageKey.None)),
        Patch.Zip(ShadowOf).Zip(Time).Select(two => (TwinEvent)new TwinEvent.ShadowUpdated(two.Item1.Item2, two.Item1.Item1, 4, "token", "ana", two.Item2)),
        ShadowOf.Zip(Time).Select(two => (TwinEvent)new TwinEvent.ShadowDeleted(two.Item1, 4, null, "ana", two.Item2)),
        Text.Zip(Time).Select(two => (TwinEvent)new TwinEvent.MaintenanceBegan(two.Item1, "ana", two.Item2)),
        Text.Zip(Time).Select(two => (TwinEvent)new TwinEvent.WentOffline(two.Item1, two.Item2)),
        Description.Zip(Time).Select(two => (TwinEvent)new TwinEvent.Described(two.Item1, two.Item2))).ListOf().Select(events => events.ToImmutableArray());

    public static readonly Gen<Decision> Decided = Gen.OneOf(
        Events.Select(events => (Decision)new Decision.Accepted(events)),
        Text.Zip(Text).Select(two => (Decision)new Decision.Rejected(new TwinRejection(two.Item1, two.Item2))));
}
