using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Strings (1.5.4; in 3.1.1, 1.5.3), wherever they stand.</summary>
public sealed class Utf8StringTests
{
    // Where a string stands, whatever it says.
    private static readonly (string Name, Func<byte[], MqttVersion, byte[]> Packet)[] Places =
    [
        ("client identifier", (text, version) => Wire.Encode(new ConnectPacket { CleanStart = true, ClientId = text }, version)), // [MQTT-3.1.3-4]
        ("will topic", (text, version) => Wire.Encode(new ConnectPacket { CleanStart = true, HasWill = true, WillTopic = text }, version)), // [MQTT-3.1.3-11] (3.1.1: -10)
        ("user name", (text, version) => Wire.Encode(new ConnectPacket { CleanStart = true, HasUserName = true, UserName = text }, version)), // [MQTT-3.1.3-12] (3.1.1: -11)
        ("topic name", (text, version) => Wire.Encode(new PublishPacket { Topic = text }, version)), // [MQTT-3.3.2-1]
        ("filter", (text, version) => Wire.Encode(new SubscribePacket // [MQTT-3.8.3-1]
        {
            PacketId = 1,
            Subscriptions = new(Wire.Properties(output => SubscriptionList.Append(output, text, default))),
        }, version)),
        ("filter to leave", (text, version) => Wire.Encode(new UnsubscribePacket // [MQTT-3.10.3-1]
        {
            PacketId = 1,
            Filters = new(Wire.Properties(output => TopicFilterList.Append(output, text))),
        }, version)),
    ];

    private static readonly (string Place, byte Id)[] Properties =
    [
        ("PUBLISH", 0x03), ("WILL", 0x03), // content type: [MQTT-3.3.2-19]
        ("PUBLISH", 0x08), ("WILL", 0x08), // response topic: [MQTT-3.3.2-13]
        ("CONNECT", 0x15), ("AUTH", 0x15), ("CONNACK", 0x12), ("CONNACK", 0x1A), ("CONNACK", 0x1C),
        ("CONNACK", 0x1F), ("PUBACK", 0x1F), ("PUBREC", 0x1F), ("PUBREL", 0x1F), ("PUBCOMP", 0x1F), ("SUBACK", 0x1F), ("UNSUBACK", 0x1F), ("DISCONNECT", 0x1F),
    ];

    // [MQTT-1.5.4-1] (3.1.1: [MQTT-1.5.3-1]) well-formed, and no surrogates; [MQTT-1.5.4-2] (3.1.1: [MQTT-1.5.3-2]) no U+0000.
    // [MQTT-1.5.7-1]: both of a pair. [MQTT-3.1.3-4], [MQTT-3.1.3-11], [MQTT-3.1.3-12], [MQTT-3.3.2-1], [MQTT-3.3.2-13], [MQTT-3.3.2-19],
    // [MQTT-3.8.3-1], [MQTT-3.10.3-1]; 3.1.1 [MQTT-3.1.3-10]: these are strings.
    [Theory]
    [InlineData("6100", "U+0000")]
    [InlineData("00", "U+0000")]
    [InlineData("C080", "U+0000 in two bytes")]
    [InlineData("EDA080", "U+D800")]
    [InlineData("EDBFBF", "U+DFFF")]
    [InlineData("EDA0BDEDB880", "a pair of surrogates")]
    [InlineData("C0AF", "an overlong /")]
    [InlineData("E080AF", "an overlong /")]
    [InlineData("F08080AF", "an overlong /")]
    [InlineData("F4908080", "beyond U+10FFFF")]
    [InlineData("E6B8", "cut short")]
    [InlineData("B8", "the middle of a character")]
    [InlineData("FE", "never in UTF-8")]
    public void Text_that_is_not_well_formed_makes_its_packet_malformed(string hex, string what)
    {
        var text = Convert.FromHexString(hex);
        foreach (var (name, packet) in Places)
        {
            foreach (var version in Enum.GetValues<MqttVersion>())
                IsMalformed(packet(text, version), version, $"{what} in a {name}");
        }

        byte[] encoded = [0, (byte)text.Length, .. text];
        foreach (var (place, id) in Properties)
            IsMalformed(PropertyTableTests.Packet(place, [id, .. encoded]), MqttVersion.V5, $"{what} in property {id:X2} of {place}");
        foreach (var place in PropertyTableTests.Places)
        {
            IsMalformed(PropertyTableTests.Packet(place, [0x26, .. encoded, 0, 0]), MqttVersion.V5, $"{what} in the name of a user property of {place}");
            IsMalformed(PropertyTableTests.Packet(place, [0x26, 0, 0, .. encoded]), MqttVersion.V5, $"{what} in the value of a user property of {place}");
        }
    }

    // [MQTT-1.5.4-1]: what is no surrogate is a character, be it one that Unicode gave no meaning.
    // [MQTT-1.5.4-3] (3.1.1: [MQTT-1.5.3-3]): U+FEFF is a character like any other, at the beginning too.
    [Theory]
    [InlineData("\uFEFFa")]
    [InlineData("a\uFEFF")]
    [InlineData("\uFFFF")]
    [InlineData("\u0001\u007F\u0085")]
    [InlineData("\uD7FF\uE000")]
    [InlineData("\U00010000\U0010FFFF")]
    public void Every_other_character_is_kept_as_it_is(string text)
    {
        foreach (var (name, packet) in Places)
        {
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                var bytes = packet(Encoding.UTF8.GetBytes(text), version);
                Assert.True(bytes.SequenceEqual(Transcoder.TryTranscode(Wire.Frame(bytes), version, out _) ?? []), name);
            }
        }

        Assert.Equal(text, TopicFilter.Parse(text).Text);
        Assert.True(TopicFilter.Parse(text).Matches(Encoding.UTF8.GetBytes(text)));
        Assert.False(TopicFilter.Parse(text).Matches(Encoding.UTF8.GetBytes(text.Trim('\uFEFF') + "x")));
    }

    private static void IsMalformed(byte[] packet, MqttVersion version, string what)
    {
        var isRead = Transcoder.TryRead(Wire.Frame(packet), version, out var reason);
        Assert.True(!isRead && reason == MqttReasonCode.MalformedPacket, $"{what} with {version}: {reason}");
    }
}
