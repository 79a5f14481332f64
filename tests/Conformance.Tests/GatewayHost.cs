using OrleansIot.Gateway.Tests.Harness;

namespace OrleansIot.Conformance.Tests;

/// <summary>The gateway that all tests here talk to: alone, on free loopback ports.</summary>
internal static class GatewayHost
{
    // What the suites ask of a broker that is not ours to give by default:
    // - SUBSCRIBE to test/nosubscribe is refused (test_subscribe_failure);
    // - a client that asks for a keep alive of 120 s is told 60 s (test_server_keep_alive);
    // - a maximum packet size below 65,535, without which test_maximum_packet_size does not try what a larger packet leads to.
    private static readonly string[] OfTheSuites = ["--Gateway:MaxPacketBytes", "32768"];

    public static Task<ListeningGateway> Start(params string[] settings) => ListeningGateway.Start(settings);

    public static Task<ListeningGateway> StartForSuites() => ListeningGateway.Start(OfTheSuites);
}
