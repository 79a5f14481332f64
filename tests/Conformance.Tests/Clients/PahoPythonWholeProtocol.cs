namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>paho-python: QoS 2, sessions that outlive their connection, and what of 5.0 stands on them.</summary>
[Trait("Protocol", "Whole")]
public sealed class PahoPythonWholeProtocol(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task QoS_2_arrives_once_and_in_order(int version) => PahoPython.Passes(gateway, version, "once");

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task A_session_keeps_what_came_while_its_client_was_away(int version) => PahoPython.Passes(gateway, version, "session");

    [Fact]
    public Task What_expires_while_its_receiver_is_away_does_not_come() => PahoPython.Passes(gateway, 5, "expiry");
}
