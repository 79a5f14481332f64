using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>The scenarios of <c>mqttjs.js</c>, with the npm package mqtt.</summary>
internal static class MqttJs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task Passes(ClientGateway gateway, string scheme, int version, string scenario)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "mqttjs.js");
        await using var node = await ChildProcess.Run(
            Installed.Require("node"),
            [script, "--mqtt", Installed.RequirePackage("mqtt"), "--url", gateway.Url(scheme), "--version", $"{version}", "--ca", gateway.CaPath, scenario],
            Limit);
        Assert.True(node.ExitCode == 0, $"mqtt.js, version {version} over {scheme}, {scenario}:\n{node.Output}");
    }
}
