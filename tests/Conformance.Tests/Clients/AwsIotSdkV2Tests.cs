using System.Security.Cryptography.X509Certificates;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>The npm package aws-iot-device-sdk-v2, as it is: the scenarios of <c>awsiotv2.js</c>.</summary>
public sealed class AwsIotSdkV2Tests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task A_thing_finds_the_answer_to_each_of_its_requests_and_is_told_what_changes(string version)
    {
        var events = await Passes(version, "shadows");
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8, 9], VersionsOf(events, isClassic: true));
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8, 9], VersionsOf(events, isClassic: false));
        Assert.Contains(events, happened => happened is TwinEvent.CameOnline { Session: not null });
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task A_thing_keeps_its_shadows_topic_by_topic(string version)
    {
        var events = await Passes(version, "shadowsByTopic");
        Assert.Equal([1L, 2, 3], VersionsOf(events, isClassic: true));
        Assert.Equal([1L, 2, 3], VersionsOf(events, isClassic: false));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public Task What_was_desired_while_a_thing_was_away_comes_when_it_is_back(string version) => Passes(version, "session");

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public Task A_thing_that_is_killed_leaves_its_will(string version) => Passes(version, "will");

    [Fact]
    public Task A_request_of_MQTT_5_finds_its_answer_by_its_correlation_data() => Passes("5", "correlation");

    [Fact]
    public async Task What_AWS_tests_of_its_client_of_shadows_passes()
    {
        var output = await Run("awsiotv2_spec.js", "tester", "everything", new InMemoryStore());
        Assert.Equal(8, output.Split("passed: ").Length - 1);
    }

    private static IEnumerable<long> VersionsOf(IEnumerable<TwinEvent> events, bool isClassic) =>
        events.OfType<TwinEvent.ShadowUpdated>().Where(happened => happened.Shadow.IsClassic == isClassic).Select(happened => happened.ShadowVersion);

    private async Task<IReadOnlyList<TwinEvent>> Passes(string version, string scenario)
    {
        const string Thing = "sdk-v2-lamp";
        var store = new InMemoryStore();
        await Run("awsiotv2.js", Thing, "default-device", store, "--thing", Thing, "--version", version, scenario);
        return [.. store.Journal.EventsOf(DeviceId.Parse(Thing))];
    }

    /// <param name="name">Of the client's certificate.</param>
    /// <param name="policy">Of the same.</param>
    /// <param name="more">What the script is told beside what is the same for all.</param>
    /// <returns>What it printed.</returns>
    private async Task<string> Run(string script, string name, string policy, InMemoryStore store, params string[] more)
    {
        var node = Installed.Require("node");
        var sdk = Installed.RequirePackage("aws-iot-device-sdk-v2");
        _authority.RenewGateway();
        var (certificatePath, keyPath) = _authority.IssueFiles(name);
        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificatePath, TestContext.Current.CancellationToken));
        var accessPath = Path.ChangeExtension(certificatePath, ".access.json");
        await File.WriteAllTextAsync(
            accessPath, $$"""{ "certificates": { "{{CertificateFields.IdOf(certificate)}}": { "policies": ["{{policy}}"] } } }""", TestContext.Current.CancellationToken);
        await using var gateway = await ListeningGateway.Start(
            StoredTwins.Over(store), TimeProvider.System, [.. _authority.MutualSettings("Required"), "--Gateway:Access:Path", accessPath]);

        await using var client = await ChildProcess.Run(
            node,
            [
                Path.Combine(AppContext.BaseDirectory, "Clients", script), "--sdk", sdk, "--host", "localhost", "--tls", $"{gateway.Address.Tls!.Port}",
                "--tcp", $"{gateway.Port}", "--ca", _authority.RootPath, "--cert", certificatePath, "--key", keyPath, .. more,
            ],
            Limit);
        Assert.True(client.ExitCode == 0, $"{script} {string.Join(' ', more)}:\n{client.Output}");
        return client.Output;
    }
}
