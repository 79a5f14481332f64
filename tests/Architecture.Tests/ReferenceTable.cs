namespace OrleansIot.Architecture.Tests;

/// <summary>Which project may reference which: the table of docs/architecture.md, as data. The two change together.</summary>
internal static class ReferenceTable
{
    private const string AspNetCore = "Microsoft.AspNetCore.App";

    private static readonly string[] Cluster = ["Grains", "Grains.Interfaces"];
    private static readonly string[] Hosts = ["Silo", "Standalone"];

    // What the two hosts have in common: it mounts what they all mount, and knows nothing of stores, notifications and Orleans.
    private const string HostParts = "Hosting";

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["Domain"] = Row.OfBclAlone,
        ["Mqtt"] = Row.OfBclAlone,
        ["Application"] = Row.Of("Domain"),
        ["Gateway"] = Row.Of("Application", "Mqtt"),
        ["Storage.Sqlite"] = Row.Of("Application"),
        ["Storage.DynamoDb"] = Row.Of("Application"),
        ["Storage.Postgres"] = Row.Of("Application"),
        ["Notifications"] = Row.Of("Application"),
        ["Api"] = Row.Of("Application"),
        ["Dashboard"] = Row.Of("Application"),
        [HostParts] = Row.Of("Api", "Application", "Dashboard", "DeviceAgent", "Gateway"),
        ["Grains.Interfaces"] = Row.Of() with { Orleans = true },
        ["Grains"] = Row.Of("Application", "Grains.Interfaces") with { Orleans = true },
        ["DeviceAgent"] = Row.Of("Mqtt"),
        ["DeviceSwarm"] = Row.Of("Mqtt"),
    };

    /// <summary>Null for a project that the table does not know.</summary>
    public static Row? Find(string project) => project switch
    {
        "Standalone" => Row.Of([.. Rows.Keys.Except(Cluster)]),
        "Silo" => Row.Of([.. Rows.Keys]) with { Orleans = true },
        _ => Rows.GetValueOrDefault(project),
    };

    /// <summary>What the project may reference, and what that may reference in turn (it flows through).</summary>
    public static IReadOnlySet<string> Reachable(string project)
    {
        var reachable = new HashSet<string>();
        Collect(project);
        return reachable;

        void Collect(string from)
        {
            foreach (var reference in (Find(from) ?? Row.Of()).Projects)
            {
                if (reachable.Add(reference))
                    Collect(reference);
            }
        }
    }

    /// <summary>Projects that supply something to a host, and that nothing but a host may know.</summary>
    public static bool IsAdapter(string project) =>
        !IsHost(project) && !IsPartOfHosts(project) && Find(project) is { } row && row.Projects.Contains("Application");

    public static bool IsPartOfHosts(string project) => project == HostParts;

    public static bool IsHost(string project) => Hosts.Contains(project);

    /// <param name="BclAlone">No package and no shared framework besides .NET's own.</param>
    /// <param name="Orleans">May use packages of Microsoft Orleans.</param>
    internal sealed record Row(IReadOnlySet<string> Projects, bool BclAlone = false, bool Orleans = false)
    {
        public static readonly Row OfBclAlone = new(new HashSet<string>(), BclAlone: true);

        public static Row Of(params string[] projects) => new(projects.ToHashSet());

        public bool Allows(string framework) => !BclAlone && framework == AspNetCore;
    }
}
