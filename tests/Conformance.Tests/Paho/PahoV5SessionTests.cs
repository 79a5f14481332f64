namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>Of the suite for MQTT 5.0: connections, sessions and wills.</summary>
public sealed class PahoV5SessionTests
{
    [Theory]
    [InlineData("test_basic")]
    [InlineData("test_assigned_clientid")]
    [InlineData("test_keepalive")]
    [InlineData("test_offline_message_queueing")]
    [InlineData("test_redelivery_on_reconnect")]
    [InlineData("test_server_keep_alive")]
    [InlineData("test_session_expiry")]
    [InlineData("test_will_delay")]
    [InlineData("test_will_message")]
    [InlineData("test_zero_length_clientid")]
    public Task Passes(string test) => PahoSuite.Passes(PahoSuite.V5, test);
}
