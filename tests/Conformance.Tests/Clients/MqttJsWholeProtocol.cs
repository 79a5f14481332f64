namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>mqtt.js: QoS 2, sessions that outlive their connection, and what of 5.0 stands on them.</summary>
[Trait("Protocol", "Whole")]
public sealed class MqttJsWholeProtocol(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    [Theory]
    [InlineData("mqtt", 4)]
    [InlineData("mqtt", 5)]
    [InlineData("wss", 5)]
    public Task QoS_2_arrives_once_and_in_order(string scheme, int version) => MqttJs.Passes(gateway, scheme, version, "once");

    [Theory]
    [InlineData("mqtt", 4)]
    [InlineData("mqtt", 5)]
    [InlineData("wss", 4)]
    public Task A_session_keeps_what_came_while_its_client_was_away(string scheme, int version) => MqttJs.Passes(gateway, scheme, version, "session");

    [Fact]
    public Task Topics_are_sent_in_full_once_in_either_direction() => MqttJs.Passes(gateway, "mqtt", 5, "alias");

    [Fact]
    public Task Two_that_share_a_subscription_divide_its_messages() => MqttJs.Passes(gateway, "mqtt", 5, "shared");

    [Fact]
    public Task A_will_of_QoS_2_arrives_after_its_delay() => MqttJs.Passes(gateway, "mqtt", 5, "delayedwill");
}
