namespace OrleansIot.Architecture.Tests;

/// <summary>The tree tells the architecture.</summary>
public class LayoutTests
{
    // They say what kind of type lies there, which the type says itself; the feature is what a reader looks for.
    private static readonly string[] NamesThatSayNothing = ["Models", "Services", "Helpers", "Interfaces"];

    [Fact]
    public void Folders_are_named_by_feature()
    {
        var nameless = Repository.Folders().Where(folder => NamesThatSayNothing.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase)).ToArray();

        Assert.True(nameless.Length == 0, $"{string.Join(", ", nameless)}: name the folder by the feature, and keep its types, options, log and registration together.");
    }

    [Fact]
    public void A_project_file_is_named_as_its_folder()
    {
        var others = Repository.Projects.Where(project => project.Name != project.Folder).Select(project => project.Path).ToArray();

        Assert.True(others.Length == 0, $"Rename so that folder and project file agree: {string.Join(", ", others)}.");
    }

    [Fact]
    public void Assembly_and_namespace_follow_from_the_project_s_name()
    {
        var others = Repository.Projects.Where(project => project.Sets("AssemblyName") || project.Sets("RootNamespace")).Select(project => project.Path).ToArray();

        Assert.True(others.Length == 0, $"Directory.Build.props names assemblies OrleansIot.<folder>; take AssemblyName and RootNamespace out of {string.Join(", ", others)}.");
    }
}
