using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>A whole twin as its snapshot is stored. The first byte is the format version.</summary>
public static class TwinCodec
{
    // 2: the longer description; shadows, numbered messages, the clock, flags and maintenance at the end.
    private const byte Version = 2;

    public static void Encode(IBufferWriter<byte> target, Twin twin)
    {
        var writer = new FieldWriter(target);
        Write(ref writer, twin);
        writer.Complete();
    }

    public static Twin Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        return Read(ref reader);
    }

    public static void Write(ref FieldWriter writer, Twin twin)
    {
        writer.WriteByte(Version);
        writer.WriteDevice(twin.Device);
        writer.WriteSigned(twin.Version);
        DescriptionFields.Write(ref writer, twin.Description);
        writer.WriteByte((byte)twin.Connectivity);
        writer.WriteText(twin.ConnectivityReason);
        writer.WriteInstant(twin.ConnectivitySince);
        writer.WriteByte(twin.Session is null ? (byte)0 : (byte)1);
        if (twin.Session is { } session)
            writer.WriteSigned(session.Value);

        writer.WriteOptionalInstant(twin.LastSeen);
        writer.WriteInstant(twin.GraceUntil);
        WriteReadings(ref writer, twin.Readings);
        WriteRecentMessages(ref writer, twin.RecentMessages);
        WriteRules(ref writer, twin.Rules);
        writer.WriteVarint((ulong)twin.OpenAlerts.Length);
        foreach (var alert in twin.OpenAlerts)
            AlertCodec.Write(ref writer, alert);

        writer.WriteShadows(twin.Shadows);
        WriteSequences(ref writer, twin.Sequences);
        WriteClock(ref writer, twin.Clock);
        FlagFields.Write(ref writer, twin.Flags, names: null);
        writer.WriteOptionalInstant(twin.Maintenance?.Since);
        if (twin.Maintenance is { } maintenance)
        {
            writer.WriteText(maintenance.Reason);
            writer.WriteText(maintenance.By);
        }
    }

    public static Twin Read(ref FieldReader reader)
    {
        var version = reader.ReadByte();
        if (version is not (1 or Version))
            throw new InvalidDataException($"A stored twin has format version {version}, which this release does not know.");

        return new Twin(reader.ReadDevice())
        {
            Version = reader.ReadSigned(),
            Description = version == 1 ? DescriptionFields.ReadFirst(ref reader) : DescriptionFields.Read(ref reader),
            Connectivity = (DeviceStatus)reader.ReadByte(),
            ConnectivityReason = reader.ReadText(),
            ConnectivitySince = reader.ReadInstant(),
            Session = reader.ReadByte() == 0 ? null : new SessionId(reader.ReadSigned()),
            LastSeen = reader.ReadOptionalInstant(),
            GraceUntil = reader.ReadInstant(),
            Readings = ReadReadings(ref reader),
            RecentMessages = ReadRecentMessages(ref reader),
            Rules = ReadRules(ref reader),
            OpenAlerts = ReadAlerts(ref reader),
            Shadows = version == 1 ? [] : reader.ReadShadows(),
            Sequences = version == 1 ? RecentSequences.None : ReadSequences(ref reader),
            Clock = version == 1 ? null : ReadClock(ref reader),
            Flags = version == 1 ? [] : FlagFields.Read(ref reader, names: null),
            Maintenance = version == 1 || reader.ReadOptionalInstant() is not { } since ? null : new Maintenance(since, reader.ReadText(), reader.ReadText()),
        };
    }

    private static void WriteReadings(ref FieldWriter writer, LastValues values)
    {
        writer.WriteVarint((ulong)values.Count);
        long previous = 0;
        for (var i = 0; i < values.Count; i++)
        {
            var (metric, value, at) = values[i];
            writer.WriteText(metric.Value);
            writer.WriteValue(value);
            writer.WriteSigned(at.UnixMilliseconds - previous);
            previous = at.UnixMilliseconds;
        }
    }

    private static LastValues ReadReadings(ref FieldReader reader)
    {
        var values = new LastValue[reader.ReadCount()];
        long previous = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var metric = KnownMetricNames.Get(reader.ReadTextBytes());
            var value = reader.ReadValue();
            previous += reader.ReadSigned();
            values[i] = new LastValue(metric, value, new(previous));
        }

        return LastValues.Of(values);
    }

    private static void WriteRecentMessages(ref FieldWriter writer, RecentMessages messages)
    {
        writer.WriteVarint((ulong)messages.Keys.Count());
        foreach (var key in messages.Keys)
            writer.WriteFixed64(key.Value);
    }

    private static RecentMessages ReadRecentMessages(ref FieldReader reader)
    {
        var keys = new MessageKey[reader.ReadCount()];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new MessageKey(reader.ReadFixed64());

        return RecentMessages.Of(keys);
    }

    private static void WriteSequences(ref FieldWriter writer, RecentSequences sequences)
    {
        writer.WriteVarint((ulong)sequences.Progress.Length);
        foreach (var (boot, highest, seen) in sequences.Progress)
        {
            writer.WriteFixed64(boot);
            writer.WriteSigned(highest);
            writer.WriteFixed64((ulong)(seen >> 64));
            writer.WriteFixed64((ulong)seen);
        }
    }

    private static RecentSequences ReadSequences(ref FieldReader reader)
    {
        var boots = new BootProgress[reader.ReadCount()];
        for (var i = 0; i < boots.Length; i++)
            boots[i] = new BootProgress(reader.ReadFixed64(), reader.ReadSigned(), new UInt128(reader.ReadFixed64(), reader.ReadFixed64()));

        return RecentSequences.Of(ImmutableCollectionsMarshal.AsImmutableArray(boots));
    }

    // Whether there is one, and whether it has an older half.
    private static void WriteClock(ref FieldWriter writer, ClockSkew? clock)
    {
        writer.WriteByte(clock is null ? (byte)0 : clock.Value.Older is null ? (byte)1 : (byte)2);
        if (clock is not { } skew)
            return;

        writer.WriteInstant(skew.From);
        writer.WriteSigned(skew.Newer);
        if (skew.Older is { } older)
            writer.WriteSigned(older);
    }

    private static ClockSkew? ReadClock(ref FieldReader reader) => reader.ReadByte() switch
    {
        0 => null,
        1 => new ClockSkew(reader.ReadInstant(), reader.ReadSigned(), null),
        _ => new ClockSkew(reader.ReadInstant(), reader.ReadSigned(), reader.ReadSigned()),
    };

    private static void WriteRules(ref FieldWriter writer, ImmutableArray<RuleState> rules)
    {
        writer.WriteVarint((ulong)rules.Length);
        foreach (var state in rules)
        {
            writer.WriteRule(state.Rule);
            writer.WriteByte((byte)state.Phase);
            writer.WriteInstant(state.Since);
            writer.WriteByte(state.Alert is null ? (byte)0 : (byte)1);
            if (state.Alert is { } alert)
                writer.WriteAlertId(alert);

            writer.WriteInstant(state.CooldownUntil);
        }
    }

    private static ImmutableArray<RuleState> ReadRules(ref FieldReader reader)
    {
        var rules = new RuleState[reader.ReadCount()];
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = new RuleState(
                reader.ReadRule(),
                (RulePhase)reader.ReadByte(),
                reader.ReadInstant(),
                reader.ReadByte() == 0 ? null : reader.ReadAlertId(),
                reader.ReadInstant());
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(rules);
    }

    private static ImmutableArray<Alert> ReadAlerts(ref FieldReader reader)
    {
        var alerts = new Alert[reader.ReadCount()];
        for (var i = 0; i < alerts.Length; i++)
            alerts[i] = AlertCodec.Read(ref reader);

        return ImmutableCollectionsMarshal.AsImmutableArray(alerts);
    }
}
