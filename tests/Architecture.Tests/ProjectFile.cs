using System.Xml.Linq;

namespace OrleansIot.Architecture.Tests;

/// <summary>What a .csproj says.</summary>
internal sealed class ProjectFile
{
    private const string OrleansPrefix = "Microsoft.Orleans.";

    private readonly XElement _xml;

    private ProjectFile(string path, XElement xml)
    {
        Path = path;
        _xml = xml;
    }

    /// <summary>From the root of the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Folder => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary><c>src</c>, <c>tests</c>, …</summary>
    public string Area => Path.Split('/')[0];

    /// <summary>Of use to test projects, and without a test of its own to run: the kits, and the scenarios that each edition's project derives.</summary>
    public bool IsTestKit => Area == "tests" && (Name.StartsWith("TestKit", StringComparison.Ordinal) || Name == "Scenarios");

    public bool IsWeb => (string?)_xml.Attribute("Sdk") == "Microsoft.NET.Sdk.Web";

    public IReadOnlyList<string> Projects => [.. Included("ProjectReference").Select(path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    public IReadOnlyList<string> Packages => [.. Included("PackageReference")];

    /// <summary>Named ones, and the one that the Web SDK brings along.</summary>
    public IReadOnlyList<string> Frameworks => [.. Included("FrameworkReference"), .. IsWeb ? ["Microsoft.AspNetCore.App"] : Array.Empty<string>()];

    public static ProjectFile Load(string root, string path) => new(path, XElement.Load(System.IO.Path.Combine(root, path)));

    /// <summary>Whether the project, or one that it references, uses a package of Orleans.</summary>
    public bool NeedsOrleans(IReadOnlyDictionary<string, ProjectFile> all) =>
        Packages.Any(IsOrleans) || Projects.Any(project => all.TryGetValue(project, out var reference) && reference.NeedsOrleans(all));

    public static bool IsOrleans(string package) => package.StartsWith(OrleansPrefix, StringComparison.OrdinalIgnoreCase);

    public bool Sets(string property) => _xml.Descendants(property).Any();

    private IEnumerable<string> Included(string item) =>
        _xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
