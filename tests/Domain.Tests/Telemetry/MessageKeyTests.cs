using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class MessageKeyTests
{
    // Keys are stored with the events: a repeat of a message from before an upgrade is known only while these stay as they are.
    [Theory]
    [InlineData("", 9377418665845082668)]
    [InlineData("a", 5591462295543119149)]
    [InlineData("m-1", 8409611202180925041)]
    [InlineData("abcd", 17689758097717558640)]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301", 12847138713086612385)]
    [InlineData("größe", 11531472079742856695)]
    public void The_key_of_a_message_id_never_changes(string messageId, ulong key) => Assert.Equal(key, MessageKey.OfMessageId(messageId).Value);

    [Theory]
    [InlineData(1, "", "", 8874700795320344776)]
    [InlineData(1, "boiler-1/telemetry", "{\"temperature\":80}", 4023409025770390289)]
    [InlineData(65535, "boiler-1/telemetry", "{\"temperature\":80}", 16114643701874665964)]
    public void The_key_of_a_delivery_never_changes(ushort packetId, string topic, string payload, ulong key) =>
        Assert.Equal(key, Delivery(packetId, topic, payload).Value);

    [Fact]
    public void Only_none_is_none()
    {
        Assert.True(MessageKey.None.IsNone);
        Assert.False(MessageKey.OfMessageId("").IsNone);
        Assert.False(Delivery(0, "", "").IsNone);
    }

    [Fact]
    public void A_delivery_differs_by_packet_identifier_topic_and_payload()
    {
        MessageKey[] keys =
        [
            Delivery(1, "a", "b"), Delivery(2, "a", "b"), Delivery(1, "b", "b"), Delivery(1, "a", "a"), Delivery(1, "ab", ""), Delivery(1, "", "ab"),
            Delivery(1, "a", "b\0"), Delivery(1, "a\0", "b"), Delivery(1, "a", "\0b"), MessageKey.OfMessageId("ab"),
        ];

        Assert.Distinct(keys);
    }

    [Fact]
    public void Numbered_and_padded_messages_do_not_meet()
    {
        var numbered = Enumerable.Range(0, 100_000).Select(i => MessageKey.OfMessageId($"message-{i}"));
        var padded = Enumerable.Range(0, 100).Select(length => MessageKey.OfMessageId(new string('\0', length)));
        var deliveries = Enumerable.Range(0, 50_000).Select(i => Delivery((ushort)i, "t", $"{{\"temperature\":{i % 100}}}"));

        Assert.Equal(150_100, numbered.Concat(padded).Concat(deliveries).Distinct().Count());
    }

    private static MessageKey Delivery(ushort packetId, string topic, string payload) =>
        MessageKey.OfDelivery(packetId, System.Text.Encoding.UTF8.GetBytes(topic), System.Text.Encoding.UTF8.GetBytes(payload));
}
