using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Table 2-6 of MQTT 5.0 and the tables of each packet, written down a second time.</summary>
public sealed class ReasonCodeRulesTests
{
    private const string Disconnects =
        "00 04 80 81 82 83 87 89 8B 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2";

    // [MQTT-3.2.2-8] CONNACK, [MQTT-3.4.2-1] PUBACK, [MQTT-3.5.2-1] PUBREC, [MQTT-3.6.2-1] PUBREL, [MQTT-3.7.2-1] PUBCOMP,
    // [MQTT-3.9.3-2] SUBACK, [MQTT-3.11.3-2] UNSUBACK, [MQTT-3.14.2-1] DISCONNECT, [MQTT-3.15.2-1] AUTH
    [Theory]
    [InlineData(0x20, "00", "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F", "00")]
    [InlineData(0x40, "0001", "00 10 80 83 87 90 91 97 99", "")]
    [InlineData(0x50, "0001", "00 10 80 83 87 90 91 97 99", "")]
    [InlineData(0x62, "0001", "00 92", "")]
    [InlineData(0x70, "0001", "00 92", "")]
    [InlineData(0x90, "000100", "00 01 02 80 83 87 8F 91 97 9E A1 A2", "")]
    [InlineData(0xB0, "000100", "00 11 80 83 87 8F 91", "")]
    [InlineData(0xE0, "", Disconnects, "")]
    [InlineData(0xF0, "", "00 18 19", "")]
    public void A_packet_says_only_what_its_own_table_knows(byte header, string before, string allowed, string after) =>
        Judges(header, before, allowed, after, MqttVersion.V5);

    // 3.1.1 [MQTT-3.9.3-2]; 3.1.1, 3.2.2.3: return codes 6 to 255 of CONNACK are reserved.
    [Theory]
    [InlineData(0x20, "00", "00 01 02 03 04 05")]
    [InlineData(0x90, "0001", "00 01 02 80")]
    public void A_return_code_of_3_1_1_that_is_reserved_is_refused(byte header, string before, string allowed) =>
        Judges(header, before, allowed, "", MqttVersion.V311);

    private static void Judges(byte header, string before, string allowed, string after, MqttVersion version)
    {
        var codes = allowed.Split(' ').Select(code => Convert.ToByte(code, 16)).ToHashSet();
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            var frame = Wire.Frame(Wire.Raw(header, [.. Convert.FromHexString(before), (byte)code, .. Convert.FromHexString(after)]));
            Transcoder.TryRead(frame, version, out var reason);
            var expected = codes.Contains((byte)code) ? MqttReasonCode.Success : MqttReasonCode.ProtocolError;
            Assert.True(expected == reason, $"{code:X2} in {frame.Type}: {reason}");
        }
    }
}
