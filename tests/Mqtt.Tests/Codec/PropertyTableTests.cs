using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Table 2-4 of MQTT 5.0, written down a second time: every property in every place.</summary>
public sealed class PropertyTableTests
{
    private const string Replies = "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH";

    // Identifier, a value, where it may stand.
    private static readonly (byte Id, string Value, string Places)[] Table =
    [
        (0x01, "01", "PUBLISH WILL"),
        (0x02, "0000003C", "PUBLISH WILL"),
        (0x03, "000161", "PUBLISH WILL"),
        (0x08, "000161", "PUBLISH WILL"),
        (0x09, "0001FF", "PUBLISH WILL"),
        (0x0B, "05", "PUBLISH SUBSCRIBE"),
        (0x11, "0000003C", "CONNECT CONNACK DISCONNECT"),
        (0x12, "000161", "CONNACK"),
        (0x13, "003C", "CONNACK"),
        (0x15, "000161", "CONNECT CONNACK AUTH"),
        (0x16, "0001FF", "CONNECT CONNACK AUTH"),
        (0x17, "01", "CONNECT"),
        (0x18, "0000003C", "WILL"),
        (0x19, "01", "CONNECT"),
        (0x1A, "000161", "CONNACK"),
        (0x1C, "000161", "CONNACK DISCONNECT"),
        (0x1F, "000161", Replies),
        (0x21, "0001", "CONNECT CONNACK"),
        (0x22, "0001", "CONNECT CONNACK"),
        (0x23, "0001", "PUBLISH"),
        (0x24, "01", "CONNACK"),
        (0x25, "01", "CONNACK"),
        (0x26, "000161000162", Replies + " CONNECT PUBLISH WILL SUBSCRIBE UNSUBSCRIBE"),
        (0x27, "00000001", "CONNECT CONNACK"),
        (0x28, "01", "CONNACK"),
        (0x29, "01", "CONNACK"),
        (0x2A, "01", "CONNACK"),
    ];

    public static TheoryData<string> Places => [.. $"{Replies} CONNECT PUBLISH WILL SUBSCRIBE UNSUBSCRIBE".Split(' ')];

    // 2.2.2.2: a property that is unknown, or that is not one of this packet, makes it malformed.
    [Theory]
    [MemberData(nameof(Places))]
    public void A_property_stands_in_its_own_packets_and_in_no_other(string place)
    {
        for (var id = 0; id <= byte.MaxValue; id++)
        {
            var (_, value, places) = Array.Find(Table, row => row.Id == id);
            var isAllowed = places?.Split(' ').Contains(place) ?? false;
            Assert.Equal(isAllowed ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket, Judge(place, Property((byte)id, value ?? "01")));
        }
    }

    // 3.1.2.11 and its like: "it is a Protocol Error to include ... more than once".
    [Theory]
    [MemberData(nameof(Places))]
    public void A_property_comes_once_but_for_user_properties_and_the_subscription_identifiers_of_a_publish(string place)
    {
        foreach (var (id, value, places) in Table.Where(row => row.Places.Split(' ').Contains(place)))
        {
            var mayRepeat = id == 0x26 || (id == 0x0B && place == "PUBLISH");
            byte[] again = [id, .. Convert.FromHexString(value)];
            Assert.Equal(mayRepeat ? MqttReasonCode.Success : MqttReasonCode.ProtocolError, Judge(place, [.. Property(id, value), .. again]));
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_property_section_that_ends_within_a_property_is_malformed(string place)
    {
        foreach (var (id, value, _) in Table.Where(row => row.Places.Split(' ').Contains(place)))
        {
            byte[] whole = [id, .. Convert.FromHexString(value)];
            for (var length = 1; length < whole.Length; length++)
                Assert.Equal(MqttReasonCode.MalformedPacket, Judge(place, whole[..length]));
        }
    }

    // Those of one byte are 0 or 1: 3.1.2.11.6, 3.1.2.11.7, 3.1.3.2.3, 3.2.2.3.4, 3.2.2.3.5, 3.2.2.3.11 to 13, 3.3.2.3.2.
    // [MQTT-3.3.2-8]: no topic alias 0. 3.1.2.11.3, 3.1.2.11.4, 3.3.2.3.8, 3.8.2.1.2: nor these.
    // [MQTT-3.3.2-14], [MQTT-4.7.3-1]: a response topic is a topic name.
    [Theory]
    [InlineData("CONNECT", "1702", MqttReasonCode.ProtocolError)]
    [InlineData("CONNECT", "1902", MqttReasonCode.ProtocolError)]
    [InlineData("WILL", "01FF", MqttReasonCode.ProtocolError)]
    [InlineData("PUBLISH", "0102", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2402", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2502", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2802", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2902", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2A02", MqttReasonCode.ProtocolError)]
    [InlineData("CONNECT", "210000", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "210000", MqttReasonCode.ProtocolError)]
    [InlineData("CONNECT", "2700000000", MqttReasonCode.ProtocolError)]
    [InlineData("CONNACK", "2700000000", MqttReasonCode.ProtocolError)]
    [InlineData("CONNECT", "220000", MqttReasonCode.Success)]
    [InlineData("SUBSCRIBE", "0B00", MqttReasonCode.ProtocolError)]
    [InlineData("SUBSCRIBE", "0BFFFFFF7F", MqttReasonCode.Success)]
    [InlineData("SUBSCRIBE", "0BFFFFFFFF01", MqttReasonCode.MalformedPacket)]
    [InlineData("SUBSCRIBE", "0B8100", MqttReasonCode.MalformedPacket)] // [MQTT-1.5.5-1]: 1 fits one byte
    [InlineData("PUBLISH", "0B00", MqttReasonCode.ProtocolError)]
    [InlineData("PUBLISH", "230000", MqttReasonCode.TopicAliasInvalid)]
    [InlineData("PUBLISH", "08000123", MqttReasonCode.ProtocolError)]
    [InlineData("WILL", "0800022F2B", MqttReasonCode.ProtocolError)]
    [InlineData("PUBLISH", "080000", MqttReasonCode.ProtocolError)]
    [InlineData("WILL", "080000", MqttReasonCode.ProtocolError)]
    [InlineData("CONNECT", "160001FF", MqttReasonCode.ProtocolError)] // 3.1.2.11.10: data, but no method
    [InlineData("CONNACK", "160001FF", MqttReasonCode.ProtocolError)]
    [InlineData("AUTH", "160001FF", MqttReasonCode.ProtocolError)]
    public void A_property_stays_within_its_range(string place, string properties, MqttReasonCode expected) =>
        Assert.Equal(expected, Judge(place, Convert.FromHexString(properties)));

    // [MQTT-2.2.2-1]: no properties are a property length of zero, not nothing.
    [Theory]
    [InlineData(0x10, "00044D5154540502000000")] // CONNECT
    [InlineData(0x20, "0000")] // CONNACK
    [InlineData(0x30, "000174")] // PUBLISH
    [InlineData(0x82, "0001")] // SUBSCRIBE
    [InlineData(0x90, "0001")] // SUBACK
    [InlineData(0xA2, "0001")] // UNSUBSCRIBE
    [InlineData(0xB0, "0001")] // UNSUBACK
    public void A_packet_without_a_property_length_is_malformed(byte header, string body)
    {
        // Of CONNECT the empty client identifier is left, so that the length reads as zero and what follows is cut short.
        Assert.False(Transcoder.TryRead(Wire.Frame(Wire.Raw(header, Convert.FromHexString(body))), MqttVersion.V5, out var reason));
        Assert.Equal(MqttReasonCode.MalformedPacket, reason);
    }

    /// <summary>The packet of that name with these properties and nothing else of note.</summary>
    internal static byte[] Packet(string place, byte[] properties)
    {
        byte[] section = [(byte)properties.Length, .. properties];
        return place switch
        {
            "CONNECT" => Wire.Raw(0x10, [0, 4, .. "MQTT"u8, 5, 0x02, 0, 0, .. section, 0, 0]),
            "WILL" => Wire.Raw(0x10, [0, 4, .. "MQTT"u8, 5, 0x06, 0, 0, 0, 0, 0, .. section, 0, 1, (byte)'t', 0, 0]),
            "CONNACK" => Wire.Raw(0x20, [0, 0, .. section]),
            "PUBLISH" => Wire.Raw(0x30, [0, 1, (byte)'t', .. section]),
            "PUBACK" => Wire.Raw(0x40, [0, 1, 0, .. section]),
            "PUBREC" => Wire.Raw(0x50, [0, 1, 0, .. section]),
            "PUBREL" => Wire.Raw(0x62, [0, 1, 0, .. section]),
            "PUBCOMP" => Wire.Raw(0x70, [0, 1, 0, .. section]),
            "SUBSCRIBE" => Wire.Raw(0x82, [0, 1, .. section, 0, 1, (byte)'t', 0]),
            "SUBACK" => Wire.Raw(0x90, [0, 1, .. section, 0]),
            "UNSUBSCRIBE" => Wire.Raw(0xA2, [0, 1, .. section, 0, 1, (byte)'t']),
            "UNSUBACK" => Wire.Raw(0xB0, [0, 1, .. section, 0]),
            "DISCONNECT" => Wire.Raw(0xE0, [0, .. section]),
            "AUTH" => Wire.Raw(0xF0, [0, .. section]),
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, "No packet has that name."),
        };
    }

    private static MqttReasonCode Judge(string place, byte[] properties)
    {
        Transcoder.TryRead(Wire.Frame(Packet(place, properties)), MqttVersion.V5, out var reason);
        return reason;
    }

    /// <summary>Authentication data is nothing without a method, and comes behind one here.</summary>
    private static byte[] Property(byte id, string value) =>
        id == 0x16 ? [0x15, 0, 1, (byte)'m', id, .. Convert.FromHexString(value)] : [id, .. Convert.FromHexString(value)];
}
