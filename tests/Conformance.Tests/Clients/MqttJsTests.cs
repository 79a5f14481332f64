using OrleansIot.Domain.Twins;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>mqtt.js, in both versions of the protocol and over each transport.</summary>
public sealed class MqttJsTests(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    public static MatrixTheoryData<string, int> Everywhere => new(["mqtt", "mqtts", "ws", "wss"], [4, 5]);

    [Theory, MemberData(nameof(Everywhere))]
    public Task It_receives_what_it_is_subscribed_to(string scheme, int version) => MqttJs.Passes(gateway, scheme, version, "exchange");

    [Theory, MemberData(nameof(Everywhere))]
    public Task A_large_message_passes_both_ways(string scheme, int version) => MqttJs.Passes(gateway, scheme, version, "large");

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_published_reading_reaches_its_twin(int version)
    {
        await MqttJs.Passes(gateway, "mqtt", version, "reading");
        Assert.Equal($"js-{version}", (await gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task A_retained_message_greets_a_later_subscriber_until_it_is_cleared(int version) => MqttJs.Passes(gateway, "mqtt", version, "retained");

    [Theory]
    [InlineData("mqtt", 4)]
    [InlineData("wss", 5)]
    public Task A_will_is_published_when_its_connection_is_cut(string scheme, int version) => MqttJs.Passes(gateway, scheme, version, "will");

    [Fact]
    public Task A_request_carries_where_to_answer_and_what_it_is_about() => MqttJs.Passes(gateway, "mqtt", 5, "request");

    [Fact]
    public Task A_client_is_told_the_id_that_it_was_given() => MqttJs.Passes(gateway, "mqtt", 5, "assigned");

    [Fact]
    public Task A_subscription_identifier_comes_back_with_its_messages() => MqttJs.Passes(gateway, "mqtt", 5, "identifiers");
}
