using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>
/// The interoperability suites of eclipse/paho.mqtt.testing. Not part of this repository and not installed with it: where a checkout lies,
/// the environment says.
/// </summary>
internal static class PahoSuite
{
    public const string V311 = "client_test";
    public const string V5 = "client_test5";

    private const string Variable = "PAHO_TESTING";

    // The longest (test_subscribe_options, test_session_expiry) sleep for some 35 s; some wait for ever for what does not come (the driver says where, after 90 s).
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    /// <summary>Runs one of its tests against a gateway of its own.</summary>
    public static async Task Passes(string suite, string test)
    {
        var folder = RequireFolder();
        await using var gateway = await GatewayHost.StartForSuites();
        await using var run = await ChildProcess.Run(DebianPython.Require(), ["-u", Driver, folder, suite, "127.0.0.1", $"{gateway.Port}", test], Limit);
        Assert.True(run.ExitCode == 0, $"{suite}.{test} failed:\n{run.Output}");
    }

    /// <summary>The names of its tests.</summary>
    public static async Task<IReadOnlyList<string>> List(string suite)
    {
        await using var list = await ChildProcess.Run(DebianPython.Require(), [Driver, RequireFolder(), suite, "--list"], Limit);
        Assert.True(list.ExitCode == 0, list.Output);
        return list.Output.Split('\n');
    }

    private static string Driver => Path.Combine(AppContext.BaseDirectory, "Paho", "run.py");

    private static string RequireFolder()
    {
        var checkout = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(checkout),
            $"NOT TESTED: the Eclipse Paho suites are not at hand. Check out eclipse/paho.mqtt.testing beside this repository and set {Variable} to its folder.");
        var folder = Path.Combine(checkout!, "interoperability");
        Assert.True(File.Exists(Path.Combine(folder, $"{V5}.py")), $"{Variable} is set, but there is no {V5}.py in {folder}.");
        return folder;
    }
}
