using System.Text;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Tests.Topics;

public sealed class TopicFilterTests
{
    // [MQTT-4.7.1-1] (3.1.1: -2), [MQTT-4.7.1-2] (3.1.1: -3), [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-4.8.2-1], [MQTT-4.8.2-2]
    [Theory]
    [InlineData("")]
    [InlineData("a#")]
    [InlineData("#/a")]
    [InlineData("a/#/b")]
    [InlineData("a/+b")]
    [InlineData("a\0b")]
    [InlineData("$share/")]
    [InlineData("$share/g")]
    [InlineData("$share/g/")]
    [InlineData("$share//a")]
    [InlineData("$share/g+/a")]
    [InlineData("$share/g/a#")]
    public void A_filter_that_breaks_a_rule_does_not_parse(string text) => Assert.False(TopicFilter.TryParse(text, out _));

    [Fact]
    public void A_filter_deeper_than_the_stack_would_like_does_not_parse()
    {
        Assert.True(TopicFilter.TryParse(string.Join('/', Enumerable.Repeat("+", TopicFilter.MaxLevels)), out _));
        Assert.False(TopicFilter.TryParse(string.Join('/', Enumerable.Repeat("+", TopicFilter.MaxLevels + 1)), out _));
    }

    [Fact]
    public void The_share_name_is_parted_from_the_filter()
    {
        var filter = TopicFilter.Parse("$share/workers/plant/+/temp");
        Assert.Equal(("workers", "$share/workers/plant/+/temp"), (filter.ShareName, filter.Text));
        Assert.True(filter.Matches("plant/1/temp"u8));
        Assert.Equal(filter, TopicFilter.Parse(filter.Text));
        Assert.NotEqual(filter, TopicFilter.Parse("plant/+/temp"));
    }

    // [MQTT-4.7.1-1], [MQTT-4.7.1-2], [MQTT-4.7.2-1], [MQTT-4.7.3-4]
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/uptime", false)]
    [InlineData("+/uptime", "$SYS/uptime", false)]
    [InlineData("$SYS/#", "$SYS/uptime", true)]
    [InlineData("Accounts", "ACCOUNTS", false)]
    public void The_examples_of_section_4_7_hold(string filter, string topic, bool expected)
    {
        Assert.Equal(expected, TopicFilter.Parse(filter).Matches(Encoding.UTF8.GetBytes(topic)));
        Assert.Equal(expected, NaiveMatcher.Matches(filter, topic));
    }

    // [MQTT-4.7.3-3]
    [Fact]
    public void A_name_or_filter_has_65535_bytes_at_most()
    {
        var longest = new byte[ushort.MaxValue];
        longest.AsSpan().Fill((byte)'n');
        Assert.True(TopicName.IsValid(longest));
        Assert.True(TopicFilter.TryParse(longest, out _));
        Assert.False(TopicName.IsValid([.. longest, (byte)'n']));
        Assert.False(TopicFilter.TryParse([.. longest, (byte)'n'], out _));
    }

    // [MQTT-4.7.0-1] (3.1.1: [MQTT-4.7.1-1]), [MQTT-4.7.3-1], [MQTT-4.7.3-2]
    [Theory]
    [InlineData("a", true)]
    [InlineData("/", true)]
    [InlineData("$SYS/x", true)]
    [InlineData("", false)]
    [InlineData("a/+", false)]
    [InlineData("#", false)]
    [InlineData("a\0", false)]
    public void A_topic_name_has_no_wildcards(string name, bool expected) =>
        Assert.Equal(expected, TopicName.IsValid(Encoding.UTF8.GetBytes(name)));
}
