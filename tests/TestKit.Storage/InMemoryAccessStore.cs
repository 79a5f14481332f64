using System.Text;
using OrleansIot.Application;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.TestKit.Storage;

/// <summary>Keeps the access document in memory.</summary>
public sealed class InMemoryAccessStore : IAccessStore
{
    private readonly Lock _lock = new();
    private byte[] _json = [];
    private int _version;

    /// <summary>Makes writes fail as a full disk would.</summary>
    public bool RefusesWrites { get; set; }

    public string Text
    {
        get
        {
            lock (_lock)
                return Encoding.UTF8.GetString(_json);
        }
    }

    /// <summary>As somebody else would change it.</summary>
    public void Write(string json)
    {
        lock (_lock)
            (_json, _version) = (Encoding.UTF8.GetBytes(json), _version + 1);
    }

    public ValueTask<StoredAccess?> Read(string? knownVersion, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(knownVersion == $"{_version}" ? null : new StoredAccess(_json, $"{_version}"));
    }

    public ValueTask<string?> TryReplace(ReadOnlyMemory<byte> utf8Json, string expectedVersion, CancellationToken cancellation)
    {
        if (RefusesWrites)
            throw new StoreException("the disk is full", isTransient: true);

        lock (_lock)
        {
            if (expectedVersion != $"{_version}")
                return ValueTask.FromResult<string?>(null);

            (_json, _version) = (utf8Json.ToArray(), _version + 1);
            return ValueTask.FromResult<string?>($"{_version}");
        }
    }
}
