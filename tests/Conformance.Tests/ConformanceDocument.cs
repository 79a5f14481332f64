using System.Text.RegularExpressions;

namespace OrleansIot.Conformance.Tests;

/// <summary>docs/mqtt-conformance.md says which test shows what; a test that is renamed takes its row along.</summary>
public sealed partial class ConformanceDocument
{
    private static readonly string Root = FindRoot();
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "mqtt-conformance.md"));

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .SelectMany(source => Class().Matches(source).Select(declared => (Class: declared.Groups[1].Value, Source: source)))
            .ToLookup(declared => declared.Class, declared => declared.Source);
        var named = Reference().Matches(Text).DistinctBy(reference => reference.Value).ToArray();
        Assert.InRange(named.Length, 50, int.MaxValue);

        var missing = named.Where(reference => !tests[reference.Groups[1].Value].Any(source => Declares(source, reference))).Select(reference => reference.Value).ToArray();
        Assert.True(missing.Length == 0, $"docs/mqtt-conformance.md names tests that are not there: {string.Join(", ", missing)}. Name the test that shows it now, or — if none does.");
    }

    [Theory]
    [InlineData("3.1.1", 141 - 6)] // Appendix B has so many, of which so many are the client's alone
    [InlineData("5.0", 251 - 24)]
    public void Every_statement_has_one_row_that_says_something(string version, int count)
    {
        var rows = Row().Matches(Section(version)).ToArray();
        Assert.Equal(count, rows.Length);
        Assert.DoesNotContain(rows, row => string.IsNullOrWhiteSpace(row.Groups[3].Value) || row.Groups[3].Value.StartsWith('\u2014'));
        Assert.Empty(rows.GroupBy(row => row.Groups[1].Value).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static bool Declares(string source, Match reference)
    {
        var data = reference.Groups[3];
        return Regex.IsMatch(source, $@"\b(Task|void) {Regex.Escape(reference.Groups[2].Value)}\(")
            && (!data.Success || source.Contains($"[InlineData(\"{data.Value}\")]", StringComparison.Ordinal));
    }

    private static string Section(string version)
    {
        var from = Text.IndexOf($"\n## {version}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"There is no heading for {version}.");
        var to = Text.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return to < 0 ? Text[from..] : Text[from..to];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansIot.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("OrleansIot.sln is in no folder above the tests.");
        return folder.FullName;
    }

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex Class();

    // `Class.Method`, or of a theory one case: `Class.Method(data)`.
    [GeneratedRegex(@"`([A-Z]\w+)\.([A-Z]\w+_\w+|Passes)(?:\((\w+)\))?`")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^\| MQTT-(\S+) \| (.+?) \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
