namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>Of the suite for MQTT 5.0: messages and their properties.</summary>
public sealed class PahoV5MessageTests
{
    [Theory]
    [InlineData("test_client_topic_alias")]
    [InlineData("test_payload_format")]
    [InlineData("test_publication_expiry")]
    [InlineData("test_request_response")]
    [InlineData("test_retained_message")]
    [InlineData("test_server_topic_alias")]
    [InlineData("test_user_properties")]
    public Task Passes(string test) => PahoSuite.Passes(PahoSuite.V5, test);
}
