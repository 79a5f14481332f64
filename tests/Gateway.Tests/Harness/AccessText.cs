using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>An access file of a test's own, in a folder of its own, and words to fill it with.</summary>
internal sealed class AccessText : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tests-access-");

    public AccessText(string json = "{}") => Write(json);

    // Hashing takes a tenth of a second by intent: once for all tests.
    public static string Hash { get; } = PasswordHash.Of("correct horse"u8).Text;

    public string Path => System.IO.Path.Combine(_folder.FullName, "access.json");

    /// <summary>Settings of a gateway that goes by it and lets in nobody else.</summary>
    public string[] Strict(params string[] more) => [.. Settings("--Gateway:Access:Anonymous", "Never"), .. more];

    public string[] Settings(params string[] more) => ["--Gateway:Access:Path", Path, "--Gateway:Access:ReloadInterval", "00:00:00.100", .. more];

    /// <summary>As <see cref="Strict"/>, looked at as often as by default: for a clock that the test advances.</summary>
    public string[] WithUsualReload(params string[] more) => Strict(["--Gateway:Access:ReloadInterval", "00:00:00.500", .. more]);

    /// <summary>At one moment the old text, at the next the new one.</summary>
    public void Write(string json)
    {
        var fresh = Path + ".test";
        File.WriteAllText(fresh, json);
        File.Move(fresh, Path, overwrite: true);
    }

    /// <summary>Users that all have the password <c>correct horse</c>; <paramref name="more"/> are further sections.</summary>
    public static string Users(IEnumerable<string> names, string more = "") =>
        $$"""{ "users": { {{string.Join(", ", names.Select(name => User(name)))}} } {{(more.Length > 0 ? ", " + more : "")}} }""";

    public static string User(string name, string policies = "") => $$"""
        "{{name}}": { "passwordHash": "{{Hash}}", "policies": [{{policies}}] }
        """;

    public static string Statement(string effect, string action, params string[] resources) => $$"""
        { "Effect": "{{effect}}", "Action": "{{action}}", "Resource": [{{string.Join(", ", resources.Select(resource => $"\"{resource}\""))}}] }
        """;

    public static string Policy(string name, params string[] statements) => $$"""
        "{{name}}": { "Version": "2012-10-17", "Statement": [{{string.Join(", ", statements)}}] }
        """;

    public void Dispose() => _folder.Delete(recursive: true);
}
