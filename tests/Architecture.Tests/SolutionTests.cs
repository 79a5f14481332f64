namespace OrleansIot.Architecture.Tests;

/// <summary>What is on disk is built, and what needs no Orleans is built and tested without it.</summary>
public class SolutionTests
{
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var forgotten = Repository.Projects.Select(project => project.Path).Except(Repository.InSolution()).ToArray();

        Assert.True(forgotten.Length == 0, $"Not in OrleansIot.sln: {string.Join(", ", forgotten)}. Mend: dotnet sln OrleansIot.sln add {string.Join(' ', forgotten)}");
    }

    [Fact]
    public void Every_project_that_needs_no_Orleans_is_in_the_Standalone_filter()
    {
        var needless = Repository.Projects.Where(project => !project.NeedsOrleans(Repository.ByName)).Select(project => project.Path).ToArray();
        var listed = Repository.InStandaloneFilter();

        var forgotten = needless.Except(listed).ToArray();
        Assert.True(forgotten.Length == 0, $"Not in Standalone.slnf, so that test.sh passes them over: {string.Join(", ", forgotten)}. Add the paths there.");

        var wrong = listed.Except(needless).ToArray();
        Assert.True(wrong.Length == 0, $"In Standalone.slnf, but gone or in need of Orleans packages: {string.Join(", ", wrong)}. Take the paths out.");
    }

    [Fact]
    public void Every_test_project_has_a_name_by_which_it_is_found()
    {
        var others = Repository.Projects
            .Where(project => project.Area == "tests" && !project.IsTestKit && !project.Name.EndsWith(".Tests", StringComparison.Ordinal))
            .Select(project => project.Path)
            .ToArray();

        Assert.True(others.Length == 0, $"test.sh and Directory.Build.targets know a test project by its name, <Subject>.Tests: {string.Join(", ", others)}. Rename.");
    }
}
