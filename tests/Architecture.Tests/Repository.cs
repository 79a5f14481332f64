using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansIot.Architecture.Tests;

/// <summary>The tree on disk, from the folder that holds OrleansIot.sln.</summary>
internal static partial class Repository
{
    private static readonly string[] Areas = ["src", "tools", "tests", "benchmarks", "examples"];

    // Not ours, or made by a build.
    private static readonly string[] NotSource = ["bin", "obj", "node_modules", "TestResults"];

    public static readonly string Root = FindRoot();

    public static readonly IReadOnlyList<ProjectFile> Projects =
        [.. Files("*.csproj").Where(path => Areas.Contains(path.Split('/')[0])).Order(StringComparer.Ordinal).Select(path => ProjectFile.Load(Root, path))];

    public static readonly IReadOnlyDictionary<string, ProjectFile> ByName = Projects.ToDictionary(project => project.Name);

    /// <summary>The product and its tools: what the reference table is about.</summary>
    public static IEnumerable<ProjectFile> Product => Projects.Where(project => project.Area is "src" or "tools");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Paths of the projects that OrleansIot.sln names.</summary>
    public static IReadOnlySet<string> InSolution() =>
        ProjectInSolution().Matches(Read("OrleansIot.sln")).Select(match => match.Groups[1].Value.Replace('\\', '/')).ToHashSet();

    /// <summary>Paths of the projects that Standalone.slnf names.</summary>
    public static IReadOnlySet<string> InStandaloneFilter()
    {
        using var filter = JsonDocument.Parse(Read("Standalone.slnf"));
        return filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(path => path.GetString()!.Replace('\\', '/')).ToHashSet();
    }

    /// <summary>Files of our own, from the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string pattern) => Walk(Root).SelectMany(folder => Directory.EnumerateFiles(folder, pattern)).Select(FromRoot);

    /// <summary>Folders of our own, from the root, with forward slashes.</summary>
    public static IEnumerable<string> Folders() => Walk(Root).Skip(1).Select(FromRoot);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(child => Path.GetFileName(child) is var name && name[0] != '.' && !NotSource.Contains(name))
            .SelectMany(Walk)
            .Prepend(folder);

    private static string FromRoot(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansIot.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds OrleansIot.sln.");
    }

    [GeneratedRegex("""^Project\("[^"]+"\) = "[^"]+", "([^"]+\.csproj)""", RegexOptions.Multiline)]
    private static partial Regex ProjectInSolution();
}
