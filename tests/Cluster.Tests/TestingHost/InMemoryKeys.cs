using System.Collections.Concurrent;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.Cluster.Tests.TestingHost;

/// <summary>What sign-ins are signed with, for all silos of a test.</summary>
internal sealed class InMemoryKeys : IKeyRing
{
    private readonly ConcurrentDictionary<string, string> _keys = new();

    public ValueTask<IReadOnlyList<string>> All(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<string>>([.. _keys.Values]);

    public ValueTask Add(string name, string key, CancellationToken cancellation)
    {
        _keys[name] = key;
        return ValueTask.CompletedTask;
    }
}
