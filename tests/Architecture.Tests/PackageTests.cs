using System.Xml.Linq;

namespace OrleansIot.Architecture.Tests;

/// <summary>One place says which version of a package is used.</summary>
public class PackageTests
{
    private const string Central = "Directory.Packages.props";

    [Fact]
    public void Versions_of_packages_stand_in_one_file()
    {
        // PackageDownload is not a reference and NuGet wants its version in place.
        var versioned =
            from file in BuildFiles()
            from reference in XElement.Load(Path.Combine(Repository.Root, file)).Descendants("PackageReference")
            where new[] { "Version", "VersionOverride" }.Any(name => reference.Attribute(name) is not null || reference.Element(name) is not null)
            select $"{file}: {(string?)reference.Attribute("Include")}";

        Assert.True(!versioned.Any(), $"Move the version to {Central}: {string.Join(", ", versioned)}.");
    }

    [Fact]
    public void No_project_opts_out_of_central_versions()
    {
        var optedOut = BuildFiles()
            .Where(file => XElement.Load(Path.Combine(Repository.Root, file)).Descendants("ManagePackageVersionsCentrally").Any(element => element.Value.Trim() != "true"));

        Assert.True(!optedOut.Any(), $"{string.Join(", ", optedOut)} switches central package versions off. Take the property out.");
    }

    [Fact]
    public void Every_package_that_is_referenced_has_a_version()
    {
        var known = XElement.Load(Path.Combine(Repository.Root, Central)).Descendants("PackageVersion").Select(version => (string?)version.Attribute("Include"));
        var unknown = Repository.Projects.SelectMany(project => project.Packages.Select(package => (project, package))).Where(use => !known.Contains(use.package));

        Assert.True(!unknown.Any(), $"No version in {Central} for {string.Join(", ", unknown.Select(use => $"{use.package} ({use.project.Path})"))}.");
    }

    private static IEnumerable<string> BuildFiles() =>
        new[] { "*.csproj", "*.props", "*.targets" }.SelectMany(Repository.Files).Where(file => file != Central);
}
