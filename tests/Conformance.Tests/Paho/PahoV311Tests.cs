namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>The suite for MQTT 3.1.1, whole.</summary>
public sealed class PahoV311Tests
{
    [Theory]
    [InlineData("testBasic")]
    [InlineData("test_dollar_topics")]
    [InlineData("test_keepalive")]
    [InlineData("test_offline_message_queueing")]
    [InlineData("test_overlapping_subscriptions")]
    [InlineData("test_redelivery_on_reconnect")]
    [InlineData("test_retained_messages")]
    [InlineData("test_subscribe_failure")]
    [InlineData("test_unsubscribe")]
    [InlineData("test_zero_length_clientid")]
    public Task Passes(string test) => PahoSuite.Passes(PahoSuite.V311, test);
}
