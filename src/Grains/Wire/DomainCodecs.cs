using System.Buffers;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Wire;

// One line each; together they are the list of what crosses between silos.

[RegisterSerializer]
internal sealed class TwinCommandWire : StoredFormCodec<TwinCommand>
{
    protected override void Encode(IBufferWriter<byte> target, TwinCommand value) => TwinCommandCodec.Encode(target, value);

    protected override TwinCommand Decode(ReadOnlySpan<byte> source) => TwinCommandCodec.Decode(source);
}

[RegisterSerializer]
internal sealed class DecisionWire : StoredFormCodec<Decision>
{
    protected override void Encode(IBufferWriter<byte> target, Decision value) => DecisionCodec.Encode(target, value);

    protected override Decision Decode(ReadOnlySpan<byte> source) => DecisionCodec.Decode(source);
}

[RegisterSerializer]
internal sealed class RuleWire : StoredFormCodec<Rule>
{
    protected override void Encode(IBufferWriter<byte> target, Rule value) => RuleCodec.Encode(target, value);

    protected override Rule Decode(ReadOnlySpan<byte> source) => RuleCodec.Decode(source);
}

/// <summary>A twin in a list: without the keys of its last messages and its shadows, which no list shows and which may be most of its bytes.</summary>
[RegisterSerializer]
internal sealed class TwinWire : StoredFormCodec<Twin>
{
    protected override void Encode(IBufferWriter<byte> target, Twin value) => TwinCodec.Encode(target, value with { RecentMessages = RecentMessages.None, Shadows = [] });

    protected override Twin Decode(ReadOnlySpan<byte> source) => TwinCodec.Decode(source);
}

/// <summary>A twin for a look at it alone: without the keys of its last messages, which only its owner needs.</summary>
[RegisterSerializer]
internal sealed class TwinViewWire : StoredFormCodec<TwinView>
{
    protected override void Encode(IBufferWriter<byte> target, TwinView value)
    {
        var writer = new FieldWriter(target);
        TwinCodec.Write(ref writer, value.Twin with { RecentMessages = RecentMessages.None });
        writer.WriteOptionalText(value.LastMessage?.Topic);
        if (value.LastMessage is { } raw)
            writer.WriteBytes(raw.Payload.Span);

        writer.Complete();
    }

    protected override TwinView Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        var twin = TwinCodec.Read(ref reader);
        return new TwinView(twin, reader.ReadOptionalText() is { } topic ? new RawMessage(topic, reader.ReadTextBytes().ToArray()) : null);
    }
}

[RegisterSerializer]
internal sealed class FleetPartsWire : StoredFormCodec<FleetParts>
{
    protected override void Encode(IBufferWriter<byte> target, FleetParts value) => FleetPartsCodec.Encode(target, value);

    protected override FleetParts Decode(ReadOnlySpan<byte> source) => FleetPartsCodec.Decode(source);
}

[RegisterSerializer]
internal sealed class FleetChangeWire : StoredFormCodec<FleetChange>
{
    protected override void Encode(IBufferWriter<byte> target, FleetChange value) => FleetChangeCodec.Encode(target, value);

    protected override FleetChange Decode(ReadOnlySpan<byte> source) => FleetChangeCodec.Decode(source);
}

[RegisterSerializer]
internal sealed class TwinUnavailableWire : StoredFormCodec<TwinUnavailableException>
{
    protected override void Encode(IBufferWriter<byte> target, TwinUnavailableException value)
    {
        var writer = new FieldWriter(target);
        writer.WriteText(value.Message);
        writer.WriteByte(value.IsTransient ? (byte)1 : (byte)0);
        writer.WriteText(value.InnerException?.Message ?? "");
        writer.Complete();
    }

    protected override TwinUnavailableException Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        var message = reader.ReadText();
        var isTransient = reader.ReadByte() == 1;
        return new TwinUnavailableException(message, new Application.StoreException(reader.ReadText(), isTransient));
    }
}
