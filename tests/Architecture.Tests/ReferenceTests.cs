using System.Text.Json;

namespace OrleansIot.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md, in the project files and in what the compiler made of them.</summary>
public class ReferenceTests
{
    // Domain decides; time, ids and randomness arrive in the command, and nothing waits, reads or writes.
    private static readonly string[] ImpureTypes =
    [
        "System.IO.", "System.Net.", "System.Threading.Tasks.", "System.Threading.Timer", "System.TimeProvider", "System.Random",
        "System.Diagnostics.Stopwatch", "System.Environment", "System.Console",
    ];

    public static TheoryData<string> Product => [.. Repository.Product.Select(project => project.Name)];

    // The host's arrows are read from its project file alone: it may reference all of these.
    public static TheoryData<string> Compiled => [.. Repository.Product
        .Where(project => !ReferenceTable.IsHost(project.Name) && !project.NeedsOrleans(Repository.ByName))
        .Select(project => project.Name)];

    [Theory, MemberData(nameof(Product))]
    public void Every_project_has_a_row_in_the_table(string project) =>
        Assert.True(
            ReferenceTable.Find(project) is not null,
            $"{project} is not in the reference table. Say in docs/architecture.md what it holds and may reference, and add the row to {nameof(ReferenceTable)}.");

    [Theory, MemberData(nameof(Product))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        // What an allowed project references flows through anyway; naming it changes nothing.
        var outside = Repository.ByName[project].Projects.Except(ReferenceTable.Reachable(project)).ToArray();

        Assert.True(
            outside.Length == 0,
            $"{project} references {string.Join(", ", outside)}; the table allows {Or(ReferenceTable.Reachable(project))}. "
            + "Put what you need behind a port in Application, or move it to where the table allows it.");
    }

    [Theory, MemberData(nameof(Product))]
    public void A_project_uses_only_the_shared_frameworks_that_the_table_allows(string project)
    {
        var outside = Repository.ByName[project].Frameworks.Where(framework => ReferenceTable.Find(project)?.Allows(framework) != true).ToArray();

        Assert.True(outside.Length == 0, $"{project} stands on .NET's own library alone, but its project file names {string.Join(", ", outside)}. Take it out.");
    }

    [Theory]
    [InlineData("Domain")]
    [InlineData("Mqtt")]
    public void A_project_on_the_BCL_alone_names_no_package(string project)
    {
        var packages = Repository.ByName[project].Packages;

        Assert.True(packages.Count == 0, $"{project} stands on .NET's own library alone, but its project file names {string.Join(", ", packages)}. Take it out.");
    }

    [Theory]
    [InlineData("Domain")]
    [InlineData("Mqtt")]
    public void An_assembly_on_the_BCL_alone_uses_nothing_else(string project)
    {
        var outside = CompiledAssembly.Of(project).References.Where(reference => !CompiledAssembly.IsBcl(reference)).ToArray();

        Assert.True(outside.Length == 0, $"OrleansIot.{project}.dll uses {string.Join(", ", outside)}; it may use only what is part of .NET itself.");
    }

    [Fact]
    public void Domain_has_no_clock_no_input_or_output_and_nothing_asynchronous()
    {
        var impure = CompiledAssembly.Of("Domain").Types.Where(type => ImpureTypes.Any(type.StartsWith)).ToArray();

        Assert.True(
            impure.Length == 0,
            $"Domain uses {string.Join(", ", impure)}. Its rules are pure: let Application do it, and pass the result in with the command.");
    }

    [Fact]
    public void Application_knows_options_logging_and_DI_but_not_the_web()
    {
        var outside = CompiledAssembly.Of("Application").References
            .Where(reference => !CompiledAssembly.IsBcl(reference) && reference != "OrleansIot.Domain" && !reference.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
            .ToArray();

        Assert.True(
            outside.Length == 0,
            $"OrleansIot.Application.dll uses {string.Join(", ", outside)}. It may use .NET itself, Domain and Microsoft.Extensions.*; put the rest behind a port and into an adapter.");
    }

    [Theory, MemberData(nameof(Compiled))]
    public void A_compiled_assembly_uses_only_assemblies_of_ours_that_the_table_allows(string project)
    {
        var allowed = ReferenceTable.Reachable(project).Select(name => $"OrleansIot.{name}");
        var outside = CompiledAssembly.Of(project).References.Where(reference => reference.StartsWith("OrleansIot.", StringComparison.Ordinal)).Except(allowed).ToArray();

        Assert.True(outside.Length == 0, $"OrleansIot.{project}.dll uses {string.Join(", ", outside)}; the table allows {Or(ReferenceTable.Reachable(project))}.");
    }

    [Fact]
    public void Only_hosts_know_adapters()
    {
        var knowing = Repository.Projects
            .Where(project => !ReferenceTable.IsHost(project.Name) && !ReferenceTable.IsPartOfHosts(project.Name) && (project.Area is "src" or "tools" or "examples" || project.IsTestKit))
            .SelectMany(project => project.Projects.Where(ReferenceTable.IsAdapter).Select(adapter => $"{project.Name} → {adapter}"))
            .ToArray();

        Assert.True(knowing.Length == 0, $"Only Standalone and Silo choose adapters, but: {string.Join(", ", knowing)}. Depend on the port in Application instead.");
    }

    [Theory]
    [InlineData("TestKit")]
    [InlineData("TestKit.Storage", "Application")]
    [InlineData("Scenarios", "DeviceSwarm", "Mqtt", "TestKit")]
    public void A_test_kit_brings_no_more_of_ours_than_its_users_reference(string kit, params string[] allowed)
    {
        var outside = Repository.ByName[kit].Projects.Except(allowed).ToArray();

        Assert.True(outside.Length == 0, $"{kit} references {string.Join(", ", outside)}, and so would the tests of projects that may not. Put it into a kit of its own.");
    }

    [Fact]
    public void Nothing_that_Standalone_restores_is_of_Orleans()
    {
        // What NuGet resolved, so that a package of somebody else that brings Orleans along is seen too.
        const string Resolved = "src/Standalone/obj/project.assets.json";
        Assert.True(File.Exists(Path.Combine(Repository.Root, Resolved)), $"{Resolved} is missing. Mend: dotnet restore Standalone.slnf");

        using var assets = JsonDocument.Parse(Repository.Read(Resolved));
        var orleans = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name).Where(ProjectFile.IsOrleans).ToArray();

        Assert.True(orleans.Length == 0, $"Standalone restores {string.Join(", ", orleans)}; it must build where no Orleans package can be had.");
    }

    [Fact]
    public void Only_the_cluster_s_projects_need_Orleans()
    {
        var needing = Repository.Product
            .Where(project => project.NeedsOrleans(Repository.ByName) && ReferenceTable.Find(project.Name)?.Orleans != true)
            .Select(project => project.Name)
            .ToArray();

        Assert.True(
            needing.Length == 0,
            $"{string.Join(", ", needing)} must build where no Orleans package restores, but uses one or references a project that does. Move that part to Grains or Silo.");
    }

    private static string Or(IReadOnlySet<string> projects) => projects.Count == 0 ? "no project" : string.Join(", ", projects.Order(StringComparer.Ordinal));
}
