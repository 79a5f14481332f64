using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>The npm package aws-iot-device-sdk, as it is: the scenario of <c>awsiot.js</c>.</summary>
public sealed class AwsIotSdkTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_thing_with_a_certificate_keeps_its_shadow()
    {
        var node = Installed.Require("node");
        var sdk = Installed.RequirePackage("aws-iot-device-sdk");
        var store = new InMemoryStore();
        _authority.RenewGateway();
        await using var gateway = await ListeningGateway.Start(
            StoredTwins.Over(store), TimeProvider.System, [.. _authority.MutualSettings("Required"), "--Gateway:Access:TrustCertificatesOfCa", "true"]);
        var (certificatePath, keyPath) = _authority.IssueFiles("sdk-lamp");

        await using var client = await ChildProcess.Run(
            node,
            [
                Path.Combine(AppContext.BaseDirectory, "Clients", "awsiot.js"), "--sdk", sdk, "--host", "127.0.0.1", "--tls", $"{gateway.Address.Tls!.Port}",
                "--tcp", $"{gateway.Port}", "--ca", _authority.RootPath, "--cert", certificatePath, "--key", keyPath, "--thing", "sdk-lamp",
            ],
            Limit);

        Assert.True(client.ExitCode == 0, client.Output);
        var events = store.Journal.EventsOf(DeviceId.Parse("sdk-lamp"));
        Assert.Equal([1L, 2, 3, 4, 5], events.OfType<TwinEvent.ShadowUpdated>().Select(happened => happened.ShadowVersion));
        Assert.Contains(events, happened => happened is TwinEvent.CameOnline { Session: not null });
    }
}
