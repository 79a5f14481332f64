using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Events as they are stored. The first byte is the format version (high four bits) and the kind of event (low four bits);
/// the fields follow in the order in which they are written here.
/// </summary>
/// <remarks>What is stored is there for good: a new field or meaning takes a new format version, and the old ones stay readable.</remarks>
public static class TwinEventCodec
{
    private const byte First = 0x10;

    // Described has the longer description; ReadingRecorded has its ReadingParts, and only one that has any is written so. What a kind never changed keeps the format it began with.
    private const byte Second = 0x20;

    private enum Kind : byte
    {
        ReadingRecorded = 1,
        CameOnline = 2,
        WentOffline = 3,
        Described = 4,
        RulePending = 5,
        RuleCleared = 6,
        AlertTriggered = 7,
        AlertAcknowledged = 8,
        AlertResolved = 9,
        ShadowUpdated = 10,
        ShadowDeleted = 11,
        MaintenanceBegan = 12,
        MaintenanceEnded = 13,
    }

    /// <summary>What few readings have.</summary>
    [Flags]
    private enum ReadingParts : byte
    {
        Sequence = 1,
        Flags = 2,
    }

    public static void Encode(IBufferWriter<byte> target, TwinEvent twinEvent)
    {
        var writer = new FieldWriter(target);
        Write(ref writer, twinEvent, names: null);
        writer.Complete();
    }

    public static TwinEvent Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        var twinEvent = Read(ref reader, names: null);
        return reader.IsAtEnd ? twinEvent : throw new InvalidDataException("There are bytes behind the stored event.");
    }

    /// <param name="names">Where many events share their metric names.</param>
    public static void Write(ref FieldWriter writer, TwinEvent twinEvent, MetricNameTable? names)
    {
        switch (twinEvent)
        {
            case TwinEvent.ReadingRecorded recorded:
                var parts = (recorded.Sequence is null ? 0 : ReadingParts.Sequence) | (recorded.Reading.Flags.IsEmpty ? 0 : ReadingParts.Flags);
                WriteKind(ref writer, Kind.ReadingRecorded, parts == 0 ? First : Second);
                if (parts != 0)
                    writer.WriteByte((byte)parts);

                if (recorded.Sequence is { } sequence)
                    SequenceFields.Write(ref writer, sequence);

                WriteReading(ref writer, recorded, names);
                if (!recorded.Reading.Flags.IsEmpty)
                    FlagFields.Write(ref writer, recorded.Reading.Flags, names);

                break;

            case TwinEvent.CameOnline online:
                WriteKind(ref writer, Kind.CameOnline);
                writer.WriteInstant(online.When);
                writer.WriteText(online.Reason);
                WriteSession(ref writer, online.Session);
                break;

            case TwinEvent.WentOffline offline:
                WriteKind(ref writer, Kind.WentOffline);
                writer.WriteInstant(offline.When);
                writer.WriteText(offline.Reason);
                break;

            case TwinEvent.Described described:
                WriteKind(ref writer, Kind.Described, Second);
                writer.WriteInstant(described.When);
                DescriptionFields.Write(ref writer, described.Description);
                break;

            case TwinEvent.RulePending pending:
                WriteKind(ref writer, Kind.RulePending);
                writer.WriteInstant(pending.When);
                writer.WriteRule(pending.Rule);
                break;

            case TwinEvent.RuleCleared cleared:
                WriteKind(ref writer, Kind.RuleCleared);
                writer.WriteInstant(cleared.When);
                writer.WriteRule(cleared.Rule);
                break;

            case TwinEvent.AlertTriggered triggered:
                WriteKind(ref writer, Kind.AlertTriggered);
                AlertCodec.Write(ref writer, triggered.Alert);
                writer.WriteInstant(triggered.CooldownUntil);
                break;

            case TwinEvent.AlertAcknowledged acknowledged:
                WriteKind(ref writer, Kind.AlertAcknowledged);
                writer.WriteInstant(acknowledged.When);
                writer.WriteAlertId(acknowledged.Alert);
                writer.WriteText(acknowledged.By);
                break;

            case TwinEvent.AlertResolved resolved:
                WriteKind(ref writer, Kind.AlertResolved);
                writer.WriteInstant(resolved.When);
                writer.WriteAlertId(resolved.Alert);
                writer.WriteByte((byte)resolved.Resolution);
                writer.WriteOptionalText(resolved.By);
                writer.WriteInstant(resolved.CooldownUntil);
                break;

            case TwinEvent.ShadowUpdated updated:
                WriteKind(ref writer, Kind.ShadowUpdated);
                writer.WriteInstant(updated.When);
                writer.WriteShadowName(updated.Shadow);
                writer.WriteSigned(updated.ShadowVersion);
                writer.WriteOptionalText(updated.ClientToken);
                writer.WriteText(updated.Author);
                writer.WriteShadowPatch(updated.Patch);
                break;

            case TwinEvent.ShadowDeleted deleted:
                WriteKind(ref writer, Kind.ShadowDeleted);
                writer.WriteInstant(deleted.When);
                writer.WriteShadowName(deleted.Shadow);
                writer.WriteSigned(deleted.ShadowVersion);
                writer.WriteOptionalText(deleted.ClientToken);
                writer.WriteText(deleted.Author);
                break;

            case TwinEvent.MaintenanceBegan began:
                WriteKind(ref writer, Kind.MaintenanceBegan);
                writer.WriteInstant(began.When);
                writer.WriteText(began.Reason);
                writer.WriteText(began.By);
                break;

            case TwinEvent.MaintenanceEnded ended:
                WriteKind(ref writer, Kind.MaintenanceEnded);
                writer.WriteInstant(ended.When);
                writer.WriteText(ended.By);
                break;

            default:
                throw new UnreachableException($"No stored form of {twinEvent.GetType().Name}.");
        }
    }

    /// <param name="names">The table that the event was written with.</param>
    public static TwinEvent Read(ref FieldReader reader, MetricNameTable? names)
    {
        var first = reader.ReadByte();
        return (first & 0xF0) switch
        {
            First => ReadFirst(ref reader, (Kind)(first & 0x0F), names),
            Second when (Kind)(first & 0x0F) == Kind.ReadingRecorded => ReadInParts(ref reader, names),
            Second when (Kind)(first & 0x0F) == Kind.Described => ReadDescribed(ref reader, reader.ReadInstant()),
            var version => throw new InvalidDataException($"A stored event has format version {version >> 4}, which this release does not know."),
        };
    }

    private static TwinEvent ReadFirst(ref FieldReader reader, Kind kind, MetricNameTable? names) => kind switch
    {
        Kind.ReadingRecorded => ReadReading(ref reader, names),
        Kind.AlertTriggered => new TwinEvent.AlertTriggered(AlertCodec.Read(ref reader), reader.ReadInstant()),
        _ => ReadDated(ref reader, kind, when: reader.ReadInstant()),
    };

    private static TwinEvent.Described ReadDescribed(ref FieldReader reader, Instant when) => new(DescriptionFields.Read(ref reader), when);

    private static TwinEvent ReadDated(ref FieldReader reader, Kind kind, Instant when) => kind switch
    {
        Kind.CameOnline => new TwinEvent.CameOnline(reader.ReadText(), ReadSession(ref reader), when),
        Kind.WentOffline => new TwinEvent.WentOffline(reader.ReadText(), when),
        Kind.Described => new TwinEvent.Described(DescriptionFields.ReadFirst(ref reader), when),
        Kind.RulePending => new TwinEvent.RulePending(reader.ReadRule(), when),
        Kind.RuleCleared => new TwinEvent.RuleCleared(reader.ReadRule(), when),
        Kind.AlertAcknowledged => new TwinEvent.AlertAcknowledged(reader.ReadAlertId(), reader.ReadText(), when),
        Kind.AlertResolved => new TwinEvent.AlertResolved(
            reader.ReadAlertId(), (AlertResolution)reader.ReadByte(), reader.ReadOptionalText(), reader.ReadInstant(), when),
        Kind.ShadowUpdated => ReadShadowUpdated(ref reader, when),
        Kind.ShadowDeleted => new TwinEvent.ShadowDeleted(reader.ReadShadowName(), reader.ReadSigned(), reader.ReadOptionalText(), reader.ReadText(), when),
        Kind.MaintenanceBegan => new TwinEvent.MaintenanceBegan(reader.ReadText(), reader.ReadText(), when),
        Kind.MaintenanceEnded => new TwinEvent.MaintenanceEnded(reader.ReadText(), when),
        _ => throw new InvalidDataException($"A stored event is of kind {(byte)kind}, which this release does not know."),
    };

    private static TwinEvent.ShadowUpdated ReadShadowUpdated(ref FieldReader reader, Instant when)
    {
        var (name, version, clientToken, author) = (reader.ReadShadowName(), reader.ReadSigned(), reader.ReadOptionalText(), reader.ReadText());
        return new(name, reader.ReadShadowPatch(), version, clientToken, author, when);
    }

    private static void WriteKind(ref FieldWriter writer, Kind kind, byte version = First) => writer.WriteByte((byte)(version | (byte)kind));

    // The number of metrics, doubled, carries in its lowest bit whether there is a key: most QoS 0 messages have none.
    private static void WriteReading(ref FieldWriter writer, TwinEvent.ReadingRecorded recorded, MetricNameTable? names)
    {
        var reading = recorded.Reading;
        writer.WriteInstant(reading.At);
        writer.WriteSigned(reading.ReceivedAt.UnixMilliseconds - reading.At.UnixMilliseconds);
        writer.WriteVarint(((ulong)reading.Metrics.Length << 1) | (recorded.Key.IsNone ? 0u : 1u));
        if (!recorded.Key.IsNone)
            writer.WriteFixed64(recorded.Key.Value);

        foreach (var metric in reading.Metrics)
        {
            MetricNameTable.WriteName(ref writer, metric.Name, names);
            writer.WriteValue(metric.Value);
        }
    }

    private static TwinEvent.ReadingRecorded ReadInParts(ref FieldReader reader, MetricNameTable? names)
    {
        var parts = (ReadingParts)reader.ReadByte();
        MessageSequence? sequence = parts.HasFlag(ReadingParts.Sequence) ? SequenceFields.Read(ref reader) : null;
        var recorded = ReadReading(ref reader, names) with { Sequence = sequence };
        return parts.HasFlag(ReadingParts.Flags) ? recorded with { Reading = recorded.Reading with { Flags = FlagFields.Read(ref reader, names) } } : recorded;
    }

    private static TwinEvent.ReadingRecorded ReadReading(ref FieldReader reader, MetricNameTable? names)
    {
        var at = reader.ReadInstant();
        var receivedAt = new Instant(at.UnixMilliseconds + reader.ReadSigned());
        var head = reader.ReadVarint();
        var key = (head & 1) == 0 ? MessageKey.None : new MessageKey(reader.ReadFixed64());
        if (head >> 1 > Twin.MaxMetrics)
            throw new InvalidDataException($"A stored reading claims {head >> 1} metrics.");

        var metrics = new Metric[head >> 1];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = new Metric(MetricNameTable.ReadName(ref reader, names), reader.ReadValue());

        return new(new Reading(at, receivedAt, ImmutableCollectionsMarshal.AsImmutableArray(metrics)), key);
    }

    private static void WriteSession(ref FieldWriter writer, SessionId? session)
    {
        writer.WriteByte(session is null ? (byte)0 : (byte)1);
        if (session is { } open)
            writer.WriteSigned(open.Value);
    }

    private static SessionId? ReadSession(ref FieldReader reader) => reader.ReadByte() == 0 ? null : new SessionId(reader.ReadSigned());
}
