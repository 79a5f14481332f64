namespace OrleansIot.TestKit.Peers;

/// <summary>Programs that the tests talk to and that a machine may lack.</summary>
public static class Installed
{
    private static readonly string[] MoreFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

    /// <summary>Its path; where it is missing, the test that asks is skipped with the reason.</summary>
    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"NOT TESTED: '{program}' is not installed on this machine (./test.sh installs it where it may).");
        return path!;
    }

    /// <summary>The folder of an npm package; where it is missing, the test that asks is skipped with the reason.</summary>
    public static string RequirePackage(string package)
    {
        var folder = FindPackage(package);
        Assert.SkipWhen(folder is null, $"NOT TESTED: the npm package '{package}' is not installed in .peers (./test.sh installs it where it may).");
        return folder!;
    }

    public static string? FindPackage(string package)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, ".peers", "node_modules", package);
            if (File.Exists(Path.Combine(candidate, "package.json")))
                return candidate;
        }

        return null;
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(MoreFolders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
