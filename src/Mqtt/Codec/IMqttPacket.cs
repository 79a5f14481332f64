namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// A control packet as it is written. Every packet is a ref struct over bytes that someone else owns, has a matching
/// <c>TryRead(frame, version, out packet, out reason)</c>, and is framed by <see cref="PacketEncoder"/>.
/// </summary>
public interface IMqttPacket
{
    /// <summary>The fixed header's first byte: packet type and flags.</summary>
    byte Header { get; }

    /// <summary>The remaining length: how many bytes <see cref="WriteBody"/> will write.</summary>
    int MeasureBody(MqttVersion version);

    /// <summary>Writes variable header and payload.</summary>
    void WriteBody(ref PacketWriter writer, MqttVersion version);
}
