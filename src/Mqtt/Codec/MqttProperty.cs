namespace OrleansIot.Mqtt.Codec;

/// <summary>One property of MQTT 5.0, a view over the packet it was read from.</summary>
public readonly ref struct MqttProperty
{
    private MqttProperty(
        MqttPropertyId id, uint number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> encoded)
    {
        Id = id;
        Number = number;
        Name = name;
        Value = value;
        Encoded = encoded;
    }

    public MqttPropertyId Id { get; }

    /// <summary>The value of a property that is a byte, an integer or a variable byte integer.</summary>
    public uint Number { get; }

    /// <summary>The name of a user property, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value of a string (UTF-8), binary or user property.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The whole property as it stood in the packet, identifier included.</summary>
    public ReadOnlySpan<byte> Encoded { get; }

    /// <summary>Reads one property by its shape alone; <see cref="PropertyRules"/> judges what it says.</summary>
    internal static bool TryRead(scoped ref PacketReader reader, out MqttProperty property)
    {
        property = default;
        var start = reader.Rest;

        // 2.2.2.2: identifiers are variable byte integers, and all of them fit one byte.
        if (!reader.TryReadByte(out var idByte))
            return false;

        var id = (MqttPropertyId)idByte;
        uint number = 0;
        ReadOnlySpan<byte> name = default, value = default;
        var complete = PropertyTable.TypeOf(id) switch
        {
            PropertyType.Byte => TryReadByte(ref reader, out number),
            PropertyType.TwoByteInteger => TryReadUInt16(ref reader, out number),
            PropertyType.FourByteInteger => reader.TryReadUInt32(out number),
            PropertyType.VariableByteInteger => TryReadVariableByteInteger(ref reader, out number),
            PropertyType.String or PropertyType.Binary => reader.TryReadBinary(out value),
            PropertyType.StringPair => reader.TryReadBinary(out name) && reader.TryReadBinary(out value),
            _ => false,
        };
        if (complete)
            property = new MqttProperty(id, number, name, value, start[..^reader.Rest.Length]);
        return complete;
    }

    private static bool TryReadByte(ref PacketReader reader, out uint number)
    {
        var complete = reader.TryReadByte(out var value);
        number = value;
        return complete;
    }

    private static bool TryReadUInt16(ref PacketReader reader, out uint number)
    {
        var complete = reader.TryReadUInt16(out var value);
        number = value;
        return complete;
    }

    private static bool TryReadVariableByteInteger(ref PacketReader reader, out uint number)
    {
        var complete = reader.TryReadVariableByteInteger(out var value);
        number = (uint)value;
        return complete;
    }
}
