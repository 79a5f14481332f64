using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>The system's own Python: it has the modules that apt installs, which another one first in the path has not.</summary>
public static class DebianPython
{
    private const string Program = "/usr/bin/python3";

    private static readonly TimeSpan Limit = TimeLimit.Usual;

    /// <summary>Its path; where it is missing, the test that asks is skipped with the reason.</summary>
    public static string Require()
    {
        Assert.SkipUnless(File.Exists(Program), $"NOT TESTED: {Program} is not installed on this machine.");
        return Program;
    }

    /// <summary>The same, with a module that a package of the system brings.</summary>
    public static async Task<string> Require(string module, string package)
    {
        await using var import = await ChildProcess.Run(Require(), ["-c", $"import {module}"], Limit);
        Assert.SkipUnless(import.ExitCode == 0, $"NOT TESTED: '{package}' is not installed on this machine (./test.sh installs it where it may).");
        return Program;
    }
}
