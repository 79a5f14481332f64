using System.Buffers;
using System.Diagnostics;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Commands as they travel to an owner in another process. Never stored: but two releases meet while a cluster is upgraded, so
/// the first byte is the format version (high four bits) and the kind (low four bits), as with events.
/// </summary>
public static class TwinCommandCodec
{
    private const byte First = 0x10;

    // Describe has the longer description, SetMaintenance what was expected.
    private const byte Second = 0x20;

    private enum Kind : byte
    {
        Ingest = 1,
        OpenSession = 2,
        CloseSession = 3,
        Describe = 4,
        AcknowledgeAlert = 5,
        ResolveAlert = 6,
        Review = 7,
        UpdateShadow = 10,
        DeleteShadow = 11,
        SetMaintenance = 12,
    }

    [Flags]
    private enum IngestFlags : byte
    {
        HasKey = 1,
        KeyIsMessageId = 2,
        Redelivered = 4,
        HasSession = 8,
        HasRaw = 16,
        HasSequence = 32,
    }

    public static void Encode(IBufferWriter<byte> target, TwinCommand command)
    {
        var writer = new FieldWriter(target);
        switch (command)
        {
            case TwinCommand.Ingest ingest:
                WriteKind(ref writer, Kind.Ingest);
                WriteIngest(ref writer, ingest);
                break;

            case TwinCommand.OpenSession open:
                WriteDated(ref writer, Kind.OpenSession, open);
                writer.WriteSigned(open.Session.Value);
                break;

            case TwinCommand.CloseSession close:
                WriteDated(ref writer, Kind.CloseSession, close);
                writer.WriteSigned(close.Session.Value);
                writer.WriteText(close.Reason);
                break;

            case TwinCommand.Describe describe:
                WriteDated(ref writer, Kind.Describe, describe, Second);
                DescriptionFields.Write(ref writer, describe.Description);
                writer.WriteByte(describe.Expected is null ? (byte)0 : (byte)1);
                if (describe.Expected is { } expected)
                    DescriptionFields.Write(ref writer, expected);

                break;

            case TwinCommand.AcknowledgeAlert acknowledge:
                WriteDated(ref writer, Kind.AcknowledgeAlert, acknowledge);
                writer.WriteAlertId(acknowledge.Alert);
                writer.WriteText(acknowledge.By);
                break;

            case TwinCommand.ResolveAlert resolve:
                WriteDated(ref writer, Kind.ResolveAlert, resolve);
                writer.WriteAlertId(resolve.Alert);
                writer.WriteText(resolve.By);
                break;

            case TwinCommand.Review review:
                WriteDated(ref writer, Kind.Review, review);
                break;

            case TwinCommand.UpdateShadow update:
                WriteDated(ref writer, Kind.UpdateShadow, update);
                WriteShadowRequest(ref writer, update.Shadow, update.Expected, update.ClientToken, update.Author);
                writer.WriteByte(update.Session is null ? (byte)0 : (byte)1);
                if (update.Session is { } session)
                    writer.WriteSigned(session.Value);

                writer.WriteShadowPatch(update.Patch);
                break;

            case TwinCommand.DeleteShadow delete:
                WriteDated(ref writer, Kind.DeleteShadow, delete);
                WriteShadowRequest(ref writer, delete.Shadow, delete.Expected, delete.ClientToken, delete.Author);
                break;

            case TwinCommand.SetMaintenance set:
                // Without a condition as the release before reads it.
                WriteDated(ref writer, Kind.SetMaintenance, set, set.Expected is null ? First : Second);
                writer.WriteByte(set.On ? (byte)1 : (byte)0);
                writer.WriteText(set.Reason);
                writer.WriteText(set.By);
                if (set.Expected is { } seen)
                    WriteSeen(ref writer, seen.Maintenance);

                break;

            default:
                throw new UnreachableException($"No form of {command.GetType().Name} that travels.");
        }

        writer.Complete();
    }

    public static TwinCommand Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        var first = reader.ReadByte();
        var version = first & 0xF0;
        if (version is not (First or Second))
            throw new InvalidDataException($"A command has format version {first >> 4}, which this release does not know.");

        var kind = (Kind)(first & 0x0F);
        var command = kind == Kind.Ingest ? ReadIngest(ref reader) : ReadDated(ref reader, kind, version, reader.ReadInstant());
        return reader.IsAtEnd ? command : throw new InvalidDataException("There are bytes behind the command.");
    }

    private static TwinCommand ReadDated(ref FieldReader reader, Kind kind, int version, Instant when) => kind switch
    {
        Kind.OpenSession => new TwinCommand.OpenSession(new SessionId(reader.ReadSigned()), when),
        Kind.CloseSession => new TwinCommand.CloseSession(new SessionId(reader.ReadSigned()), reader.ReadText(), when),
        Kind.Describe => new TwinCommand.Describe(
            ReadDescription(ref reader, version), when, reader.ReadByte() == 0 ? null : ReadDescription(ref reader, version)),
        Kind.AcknowledgeAlert => new TwinCommand.AcknowledgeAlert(reader.ReadAlertId(), reader.ReadText(), when),
        Kind.ResolveAlert => new TwinCommand.ResolveAlert(reader.ReadAlertId(), reader.ReadText(), when),
        Kind.Review => new TwinCommand.Review(when),
        Kind.UpdateShadow => ReadUpdateShadow(ref reader, when),
        Kind.DeleteShadow => new TwinCommand.DeleteShadow(
            reader.ReadShadowName(), ReadExpected(ref reader), reader.ReadOptionalText(), reader.ReadText(), when),
        Kind.SetMaintenance => new TwinCommand.SetMaintenance(reader.ReadByte() == 1, reader.ReadText(), reader.ReadText(), when)
        {
            Expected = version == First ? null : new SeenMaintenance(ReadSeen(ref reader)),
        },
        _ => throw new InvalidDataException($"A command is of kind {(byte)kind}, which this release does not know."),
    };

    private static void WriteSeen(ref FieldWriter writer, Maintenance? maintenance)
    {
        writer.WriteByte(maintenance is null ? (byte)0 : (byte)1);
        if (maintenance is null)
            return;

        writer.WriteInstant(maintenance.Since);
        writer.WriteText(maintenance.Reason);
        writer.WriteText(maintenance.By);
    }

    private static Maintenance? ReadSeen(ref FieldReader reader) =>
        reader.ReadByte() == 0 ? null : new Maintenance(reader.ReadInstant(), reader.ReadText(), reader.ReadText());

    private static void WriteShadowRequest(ref FieldWriter writer, ShadowName name, long? expected, string? clientToken, string author)
    {
        writer.WriteShadowName(name);
        writer.WriteByte(expected is null ? (byte)0 : (byte)1);
        if (expected is { } version)
            writer.WriteSigned(version);

        writer.WriteOptionalText(clientToken);
        writer.WriteText(author);
    }

    private static TwinCommand.UpdateShadow ReadUpdateShadow(ref FieldReader reader, Instant when)
    {
        var (name, expected, clientToken, author) = (reader.ReadShadowName(), ReadExpected(ref reader), reader.ReadOptionalText(), reader.ReadText());
        SessionId? session = reader.ReadByte() == 0 ? null : new SessionId(reader.ReadSigned());
        return new(name, reader.ReadShadowPatch(), expected, clientToken, author, session, when);
    }

    private static long? ReadExpected(ref FieldReader reader) => reader.ReadByte() == 0 ? null : reader.ReadSigned();

    private static DeviceDescription ReadDescription(ref FieldReader reader, int version) =>
        version == First ? DescriptionFields.ReadFirst(ref reader) : DescriptionFields.Read(ref reader);

    private static void WriteKind(ref FieldWriter writer, Kind kind, byte version = First) => writer.WriteByte((byte)(version | (byte)kind));

    private static void WriteDated(ref FieldWriter writer, Kind kind, TwinCommand command, byte version = First)
    {
        WriteKind(ref writer, kind, version);
        writer.WriteInstant(command.At);
    }

    private static void WriteIngest(ref FieldWriter writer, TwinCommand.Ingest ingest)
    {
        var flags = (ingest.Key.IsNone ? 0 : IngestFlags.HasKey)
            | (ingest.KeyIsMessageId ? IngestFlags.KeyIsMessageId : 0)
            | (ingest.Redelivered ? IngestFlags.Redelivered : 0)
            | (ingest.Session is null ? 0 : IngestFlags.HasSession)
            | (ingest.Raw is null ? 0 : IngestFlags.HasRaw)
            | (ingest.Sequence is null ? 0 : IngestFlags.HasSequence);
        writer.WriteByte((byte)flags);
        if (!ingest.Key.IsNone)
            writer.WriteFixed64(ingest.Key.Value);

        if (ingest.Session is { } session)
            writer.WriteSigned(session.Value);

        if (ingest.Raw is { } raw)
        {
            writer.WriteText(raw.Topic);
            writer.WriteBytes(raw.Payload.Span);
        }

        if (ingest.Sequence is { } sequence)
            SequenceFields.Write(ref writer, sequence);

        ReadingFields.Write(ref writer, ingest.Reading);
    }

    private static TwinCommand.Ingest ReadIngest(ref FieldReader reader)
    {
        var flags = (IngestFlags)reader.ReadByte();
        var key = flags.HasFlag(IngestFlags.HasKey) ? new MessageKey(reader.ReadFixed64()) : MessageKey.None;
        SessionId? session = flags.HasFlag(IngestFlags.HasSession) ? new SessionId(reader.ReadSigned()) : null;
        var raw = flags.HasFlag(IngestFlags.HasRaw) ? new RawMessage(reader.ReadText(), reader.ReadTextBytes().ToArray()) : null;
        MessageSequence? sequence = flags.HasFlag(IngestFlags.HasSequence) ? SequenceFields.Read(ref reader) : null;
        var isMessageId = flags.HasFlag(IngestFlags.KeyIsMessageId);
        return new(ReadingFields.Read(ref reader), key, isMessageId, flags.HasFlag(IngestFlags.Redelivered), session, raw) { Sequence = sequence };
    }
}
