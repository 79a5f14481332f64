namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>Of the suite for MQTT 5.0: subscriptions.</summary>
public sealed class PahoV5SubscriptionTests
{
    [Theory]
    [InlineData("test_dollar_topics")]
    [InlineData("test_overlapping_subscriptions")]
    [InlineData("test_shared_subscriptions")]
    [InlineData("test_subscribe_failure")]
    [InlineData("test_subscribe_identifiers")]
    [InlineData("test_subscribe_options")]
    [InlineData("test_unsubscribe")]
    public Task Passes(string test) => PahoSuite.Passes(PahoSuite.V5, test);
}
