using OrleansIot.Domain.Twins;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>paho-python as Debian has it, in both versions of the protocol.</summary>
public sealed class PahoPythonTests(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public Task It_receives_what_it_is_subscribed_to(int version, bool usesTls) => PahoPython.Passes(gateway, version, "exchange", usesTls);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_published_reading_reaches_its_twin(int version)
    {
        await PahoPython.Passes(gateway, version, "reading");
        Assert.Equal($"py-{version}", (await gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task A_retained_message_greets_a_later_subscriber_until_it_is_cleared(int version) => PahoPython.Passes(gateway, version, "retained");

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task A_will_is_published_when_its_connection_is_cut(int version) => PahoPython.Passes(gateway, version, "will");

    [Fact]
    public Task A_request_carries_where_to_answer_and_what_it_is_about() => PahoPython.Passes(gateway, 5, "request");

    [Fact]
    public Task No_local_keeps_it_from_hearing_itself() => PahoPython.Passes(gateway, 5, "nolocal");
}
