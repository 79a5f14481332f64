namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>Of the suite for MQTT 5.0: what either side may send.</summary>
public sealed class PahoV5FlowTests
{
    [Theory]
    [InlineData("test_flow_control1")]
    [InlineData("test_flow_control2")]
    [InlineData("test_maximum_packet_size")]
    public Task Passes(string test) => PahoSuite.Passes(PahoSuite.V5, test);
}
