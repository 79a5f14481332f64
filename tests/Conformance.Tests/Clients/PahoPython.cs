using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>The scenarios of <c>paho_python.py</c>, with Debian's python3-paho-mqtt.</summary>
internal static class PahoPython
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task Passes(ClientGateway gateway, int version, string scenario, bool usesTls = false)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "paho_python.py");
        string[] listener = usesTls ? [$"{gateway.TlsPort}", $"{version}", scenario, gateway.CaPath] : [$"{gateway.Port}", $"{version}", scenario];
        var python = await DebianPython.Require("paho.mqtt.client", "python3-paho-mqtt");
        await using var run = await ChildProcess.Run(python, [script, "127.0.0.1", .. listener], Limit);
        Assert.True(run.ExitCode == 0, $"paho-python, version {version}, {scenario}:\n{run.Output}");
    }
}
